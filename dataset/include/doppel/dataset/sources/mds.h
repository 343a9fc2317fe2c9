// Mosaic Streaming's MDS shards.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// How MDS shards are read.
struct MdsOptions {
  /// Our name of a column to theirs: path (the image), label, and as in a manifest target and weight.
  std::map<std::string, std::string> columns = {};
  bool ignore_labels =
      false;  ///< columns that look like labels and aren't read are remarked on, and no error
};

/// A folder with index.json and the shards that it lists, plain or packed whole (zstd, gz, snappy). The
/// image is a column encoded as jpeg, png, pil or bytes: `image`, `img` …, or the only one; the label a
/// column of numbers or texts, `label`, `class` …. Other numbers and texts are kept as Sample::fields; what
/// is left is named in remarks(). Nothing that is pickled is executed. Sizes are checked, hashes aren't.
///
/// Shards' tables and labels are read once; after that a sample of a plain shard is one read. A packed one is
/// unpacked whole, and the last few are kept.
class MdsShards final : public Source {
 public:
  /// `progress` gets the shards read, of all. Throws Error that names the file where index.json can't be
  /// read, a shard isn't there, has another size than it says or tells of samples beyond its end, or there
  /// are no images.
  explicit MdsShards(const std::filesystem::path& folder, const OnProgress& progress = {},
                     const MdsOptions& options = {});
  ~MdsShards() override;
  /// Whether a folder has an index.json of shards.
  static bool is_mds(const std::filesystem::path& folder);
  std::size_t size() const override;
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override;
  bool is_far() const override;
  std::optional<UnreadItem> unread(std::size_t index) const override;
  std::string name(std::size_t index) const override;  ///< shard:sample, samples from 0
  int label(std::size_t index) const override;
  std::vector<std::string> number_names() const override;
  std::vector<double> numbers(std::size_t index) const override;
  const std::vector<std::string>& classes() const override;
  std::vector<Remark> remarks() const override;

 private:
  struct Index;
  class Builder;
  std::unique_ptr<Index> index_;
};

}  // namespace doppel::dataset
