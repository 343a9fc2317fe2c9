// Packs: data sets as tar files that other programs read too, with an index that ours goes by. The format is
// in docs/pack-format.md.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "doppel/dataset/source.h"

namespace doppel::dataset {

struct PackOptions {
  /// Keep: the encoded files as they are. Jpeg: encoded again. Raw: pixels, for the fastest reading.
  enum class Images { Keep, Jpeg, Raw };
  Images images = Images::Keep;
  int quality = 90;  ///< of Jpeg
  int size = 0;      ///< the shorter side of Jpeg and Raw pictures; 0: as it is. Boxes and points follow.
  std::size_t shard = 2048;  ///< samples in a file
};

/// What packing found.
struct PackReport {
  struct Pair {
    std::string a, b;
  };
  std::size_t samples = 0, shards = 0, shards_kept = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> unreadable;  ///< left out, with the reason
  std::vector<Pair> duplicates;         ///< the same bytes
  std::vector<Pair> conflicts;          ///< the same bytes with different labels
};

/// Writes `out`/00000.tar and so on, each whole or not at all: killed half-way, it goes on after the last
/// whole shard. Reads and encodes in parallel. `progress` gets the samples done. Throws Error where `out`
/// holds the shards of other data or a sample has masks, which packs don't hold.
PackReport write_pack(const Source& source, const std::filesystem::path& out, const PackOptions& options,
                      const std::function<void(std::size_t)>& progress = {});

/// A pack's folder, or one shard.
class PackSource final : public Source {
 public:
  /// Reads the indices alone. Throws Error where one is damaged or a shard is missing.
  explicit PackSource(const std::filesystem::path& pack);
  ~PackSource() override;
  /// True where the first shard in a folder, or the file, is one of ours.
  static bool is_pack(const std::filesystem::path& pack);

  std::size_t size() const override;
  Item read(std::size_t index) const override;
  std::string name(std::size_t index) const override;
  int label(std::size_t index) const override;
  const std::vector<std::string>& classes() const override;
  /// Throws Error where the sample's bytes aren't those that were packed, or can't be decoded.
  void verify(std::size_t index) const;

 private:
  struct Shards;
  std::unique_ptr<Shards> shards_;
};

}  // namespace doppel::dataset
