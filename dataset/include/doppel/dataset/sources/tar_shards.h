// Tar files in the WebDataset layout.
#pragma once

#include <filesystem>
#include <memory>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Members that follow each other with the same name up to the first dot are one sample: an image (.jpg,
/// .jpeg, .png, .webp), its class as text in .cls, or in .json as `label`; boxes in .json as `boxes`
/// [[x0, y0, x1, y1, label], …]. The headers are read once to index the members; after that any sample is one
/// read. Nothing is unpacked to disk, links and devices are passed over. Class numbers in .cls are the
/// classes; names are numbered in order.
class TarShards final : public Source {
 public:
  /// Throws Error where a shard is truncated or isn't a tar, or two samples of one have the same name.
  /// `progress` gets the shards read, of all.
  explicit TarShards(const std::vector<std::filesystem::path>& shards, const OnProgress& progress = {});
  ~TarShards() override;
  std::size_t size() const override;
  Item read(std::size_t index) const override;
  std::string name(std::size_t index) const override;
  int label(std::size_t index) const override;
  const std::vector<std::string>& classes() const override;

 private:
  struct Index;
  std::unique_ptr<Index> index_;
};

/// The files that `shards-{000..031}.tar` names; the path alone where it has no braces. Throws UsageError for
/// a range that can't be.
std::vector<std::filesystem::path> expand_braces(const std::string& pattern);

}  // namespace doppel::dataset
