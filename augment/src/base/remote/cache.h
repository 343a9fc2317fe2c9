// What was read of objects, kept on the disk for other runs and other processes.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace doppel::remote {

/// What makes one object's content that and no other.
struct ObjectId {
  std::string path, tag;
  std::uint64_t size = 0;
};

class CacheFolder;

/// The pieces of one object that are there. Any number of threads and processes may use it at once: bytes are
/// written before the line that says so, and each piece has a checksum, which is looked at once by each
/// process. What is damaged counts as not there.
class CachedObject {
 public:
  /// Opens or begins it. Throws Error where that can't be.
  CachedObject(CacheFolder& folder, const ObjectId& id);
  ~CachedObject();
  CachedObject(const CachedObject&) = delete;
  CachedObject& operator=(const CachedObject&) = delete;

  /// How many bytes from `at` to `until` are there, without a gap; 0: none. May read what other processes
  /// added.
  std::uint64_t covered(std::uint64_t at, std::uint64_t until);
  /// Where the first piece after `at` begins, as far as this process knows; the object's end where none does.
  std::uint64_t next(std::uint64_t at) const;
  /// Reads what is there, from `at` on, up to all of `into`; returns how many bytes that was. Fewer, or none,
  /// where a piece turned out to be damaged.
  std::size_t read(std::uint64_t at, std::span<unsigned char> into);
  /// False where there is no room, or it can't be written; the folder then notes why.
  bool keep(std::uint64_t at, std::span<const unsigned char> bytes);

 private:
  struct Piece {
    std::uint32_t size = 0, crc = 0;
    bool checked = false;
  };
  void load();
  bool check(std::uint64_t at, Piece& piece);
  /// The piece that holds a byte.
  std::map<std::uint64_t, Piece>::iterator holding(std::uint64_t at);

  CacheFolder& folder_;
  std::uint64_t size_;
  int data_ = -1, map_ = -1;
  mutable std::mutex mutex_;
  std::uint64_t loaded_ = 0;  ///< bytes of the map that are known
  std::map<std::uint64_t, Piece> pieces_;
};

/// All objects that are kept, within a limit.
class CacheFolder {
 public:
  /// Throws Error where the folder can't be made or written to.
  CacheFolder(std::filesystem::path root, std::uint64_t limit);
  const std::filesystem::path& root() const { return root_; }
  /// Whether so many bytes more may be kept; throws out what nobody uses where that is needed.
  bool has_room(std::uint64_t bytes);
  void note(const std::string& what);  ///< once, for remote_counts()
  std::vector<std::string> notes() const;

 private:
  void make_room();

  std::filesystem::path root_;
  std::uint64_t limit_;
  mutable std::mutex mutex_;
  std::uint64_t taken_ = 0, since_look_ = 0;
  bool full_ = false;
  std::vector<std::string> notes_;
};

}  // namespace doppel::remote
