#include "serve/file_stamps.h"

#include <sys/stat.h>

namespace doppel::apps {

FileStamp stamp_of(const std::filesystem::path& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return {};
  return {std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec,
          static_cast<std::uint64_t>(about.st_size), about.st_ino};
}

bool FileStamps::has_changed(const std::filesystem::path& path) {
  const FileStamp now = stamp_of(path);
  const auto [seen, is_new] = seen_.try_emplace(path.string(), now);
  if (is_new || seen->second == now) return false;
  seen->second = now;
  return true;
}

}  // namespace doppel::apps
