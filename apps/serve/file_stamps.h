// Files that may be written by others.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace doppel::apps {

/// When a file, or a folder's list, was last written, its size and which file it is: 0 where there is none.
struct FileStamp {
  std::int64_t written = 0;
  std::uint64_t size = 0, number = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
FileStamp stamp_of(const std::filesystem::path& path);

/// What was seen of some files.
class FileStamps {
 public:
  /// Whether it's another one than at the last call, or was written since; false at the first call.
  bool has_changed(const std::filesystem::path& path);

 private:
  std::map<std::string, FileStamp, std::less<>> seen_;
};

}  // namespace doppel::apps
