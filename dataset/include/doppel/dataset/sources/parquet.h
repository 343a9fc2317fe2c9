// Parquet files of encoded images, as Hugging Face's `datasets` writes them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// How Parquet files are read.
struct ParquetOptions {
  /// Our name of a column to theirs: path (the image), label, and as in a manifest target and
  /// weight. {{"label", "coarse_label"}}.
  std::map<std::string, std::string> columns = {};
  bool ignore_labels =
      false;  ///< columns that look like labels and aren't read are remarked on, and no error
};

/// Each row is a sample. The image is a struct {bytes, path}, or a column of bytes: `image`, `img` …, or
/// the only one. The label is a column of whole numbers or texts, `label`, `class` …, as a manifest's, or the
/// only one that is noted as ClassLabel; of a list of several each is there in full. Names of classes come
/// from the footer's note "huggingface". Further images called masks, annotations or labels are masks of
/// class numbers; `objects` with `bbox` [[x, y, width, height], …] in pixels and `category` are boxes. Other
/// numbers and texts are kept as Sample::fields; what is left is named in remarks().
///
/// Footers, page headers and labels are read once; after that any row is read by itself. Packed by Snappy,
/// Zstandard, gzip or LZ4 (raw), where this build has the library, or not at all.
class ParquetFiles final : public Source {
 public:
  /// `progress` gets the row groups read, of all. Throws Error that names the file and the column, page or
  /// row where one is no Parquet, cut off, encrypted, or lies about what is where; the files' columns or
  /// class names differ; there are no images; or columns look like labels and none is read.
  explicit ParquetFiles(const std::vector<std::filesystem::path>& files, const OnProgress& progress = {},
                        const ParquetOptions& options = {});
  ~ParquetFiles() override;
  std::size_t size() const override;
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override;
  bool is_far() const override;
  std::optional<UnreadItem> unread(std::size_t index) const override;
  std::string name(std::size_t index) const override;  ///< file:row, rows from 0
  int label(std::size_t index) const override;
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override;
  std::vector<int> object_labels(std::size_t index) const override;
  std::vector<std::string> number_names() const override;
  std::vector<double> numbers(std::size_t index) const override;
  const std::vector<std::string>& classes() const override;
  std::vector<Remark> remarks() const override;

 private:
  struct Rows;
  class Builder;
  std::unique_ptr<Rows> rows_;
};

}  // namespace doppel::dataset
