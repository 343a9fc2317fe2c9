// Where a pack's shards go: a folder, or a store on the network.
#pragma once

#include <filesystem>
#include <future>

namespace doppel::dataset::pack {

/// Of a store, a shard is written to the system's folder for temporary files ($TMPDIR), and goes over the
/// network while the next one is written.
class Shelf {
 public:
  /// Makes the folder. Throws Error.
  explicit Shelf(const std::filesystem::path& out);
  ~Shelf();
  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;
  /// Where the shard that ends up at `path` is to be written.
  std::filesystem::path place_of(const std::filesystem::path& path) const;
  /// It has been written. Throws what came of the one before.
  void put(const std::filesystem::path& path);
  /// Until all are where they belong. Throws Error where one can't be.
  void wait();

 private:
  std::filesystem::path beside_;  ///< empty: shards are written where they stay
  std::future<void> sending_;
};

}  // namespace doppel::dataset::pack
