// Blocks of a file that were unpacked, for whoever reads many small things of each in any order.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "doppel/base/nameless_file.h"

namespace doppel::dataset {

/// The last few stay in memory; those that have to leave it go to a file without a name in TMPDIR or else
/// /var/tmp, which the system keeps in memory as long as it likes, and from which what is wanted of a block
/// is read alone. The file takes a quarter of the space that is free there at most, and what finds no place
/// is unpacked again. From any thread.
class UnpackedBlocks {
 public:
  using Bytes = std::vector<unsigned char>;
  using BytesPtr = std::shared_ptr<const Bytes>;

  /// `most`: bytes in memory.
  explicit UnpackedBlocks(std::uint64_t most) : most_(most) {}
  UnpackedBlocks(const UnpackedBlocks&) = delete;
  UnpackedBlocks& operator=(const UnpackedBlocks&) = delete;

  /// Part of a block, from `at` on; false where it isn't kept.
  bool read(std::uint64_t block, std::uint64_t at, std::span<unsigned char> into);
  /// A whole block; null where it isn't kept.
  BytesPtr get(std::uint64_t block);
  void keep(std::uint64_t block, BytesPtr bytes);

 private:
  struct Block {
    BytesPtr bytes;                        ///< null where it isn't in memory
    bool leaves = false;                   ///< it is being written
    std::optional<std::uint64_t> at = {};  ///< in the file, where it's there
    std::uint64_t size = 0;
    std::list<std::uint64_t>::iterator used = {};  ///< in last_, where it's in memory
  };
  BytesPtr in_memory(Block& block);
  /// The one that wasn't used for longest leaves the memory. Gives the lock up while it's written.
  void spill(std::unique_lock<std::mutex>& lock);
  std::optional<std::uint64_t> room_for(std::uint64_t size);

  std::uint64_t most_;
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, Block> blocks_;
  std::list<std::uint64_t> last_;  ///< of those in memory, the last used first
  std::uint64_t in_memory_ = 0, file_end_ = 0;
  std::optional<NamelessFile> file_;  ///< when it was first needed
  int owner_ = 0;  ///< the process that may write: a forked one knows nothing of what comes
};

}  // namespace doppel::dataset
