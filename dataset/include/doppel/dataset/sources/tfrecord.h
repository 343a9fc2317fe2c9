// TensorFlow's TFRecord files of tf.train.Example with encoded images.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// How TFRecord files are read.
struct TfRecordOptions {
  std::filesystem::path names =
      {};  ///< a label map (.pbtxt: item { id: 1 name: 'cat' }) or a list of class names; empty: none
  bool ignore_labels =
      false;  ///< features that look like labels and aren't read are remarked on, and no error
  /// Features that are numbers to learn and the weight of a sample: {{"target", "age"}, {"weight", "w"}}.
  std::map<std::string, std::string> columns = {};
};

/// Each record is a sample. Features: the image as `image/encoded`, `image`, `image_raw` or `img`; its
/// class as `image/class/label` or `label` (a whole number) or `image/class/text` (a name); boxes in shares
/// of the image as `image/object/bbox/xmin`, `ymin`, `xmax` and `ymax` with `image/object/class/label` or
/// `text`. Other numbers
/// and texts are kept as Sample::fields. A label map says which number is which class; a list of names
/// counts them from 0.
///
/// Files are read through once, and their checksums checked; after that an image is one read.
class TfRecords final : public Source {
 public:
  /// `progress` gets the bytes read, of all. Throws Error that names the file and the record where one is cut
  /// off, has a wrong checksum, is compressed or no Example; no record has an image; or features look like
  /// labels and none is read.
  explicit TfRecords(const std::vector<std::filesystem::path>& files, const OnProgress& progress = {},
                     const TfRecordOptions& options = {});
  ~TfRecords() override;
  std::size_t size() const override;
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override;
  bool is_far() const override;
  std::optional<UnreadItem> unread(std::size_t index) const override;
  std::string name(std::size_t index) const override;  ///< file:record, records from 0
  int label(std::size_t index) const override;
  std::vector<std::string> number_names() const override;
  std::vector<int> object_labels(std::size_t index) const override;
  std::vector<double> numbers(std::size_t index) const override;
  const std::vector<std::string>& classes() const override;
  std::vector<Remark> remarks() const override;

 private:
  struct Index;
  class Builder;
  std::unique_ptr<Index> index_;
};

}  // namespace doppel::dataset
