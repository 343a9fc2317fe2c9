#include "doppel/base/place.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <tuple>
#include <unordered_map>

#include "base/remote/remote_place.h"
#include "doppel/base/hash.h"
#include "zip_place.h"

namespace doppel {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kZip = ".zip";

/// Where the next part of a path that ends in .zip ends, from `from` on; npos where there is none.
std::size_t end_of_zip(std::string_view path, std::size_t from) {
  for (std::size_t dot = path.find('.', from); dot != path.npos; dot = path.find('.', dot + 1)) {
    const std::size_t end = dot + kZip.size();
    if (end > path.size()) return path.npos;
    if (end < path.size() && path[end] != '/') continue;
    bool same = dot > 0 && path[dot - 1] != '/';
    for (std::size_t i = 1; i < kZip.size() && same; ++i)
      same = std::tolower(static_cast<unsigned char>(path[dot + i])) == kZip[i];
    if (same) return end;
  }
  return path.npos;
}

/// What tells one file from another, and from itself after a change.
struct Stamp {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t seconds = 0, nanoseconds = 0;
  bool operator==(const Stamp&) const = default;
};

/// Of a file; nothing where the path is none.
std::optional<Stamp> stamp_of(const std::string& path) {
  if (const PlacedPath far = remote::placed_remotely(path); far.place) {
    if (far.place->kind(far.within) != Place::Kind::File) return std::nullopt;
    return Stamp{.inode = fnv1a(path), .size = far.place->size(far.within)};
  }
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  return Stamp{facts.st_dev, facts.st_ino, static_cast<std::uint64_t>(facts.st_size), facts.st_mtim.tv_sec,
               facts.st_mtim.tv_nsec};
}

/// Archives that somebody has open, by the paths that they were asked for by. A path is all that readers know
/// of a file, so this is where they meet; it owns nothing.
class OpenArchives {
 public:
  /// Null where the path is no file.
  std::shared_ptr<const Place> at(const std::string& path) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = by_path_.find(path); found != by_path_.end())
        if (auto place = found->second.place.lock()) return place;
    }
    const std::optional<Stamp> looked = stamp_of(path);
    if (!looked) return nullptr;
    const Stamp stamp = *looked;
    const std::unique_lock lock(mutex_);
    std::erase_if(by_path_, [](const auto& known) { return known.second.place.expired(); });
    for (const auto& [other, known] : by_path_)  // by another path, or since we looked
      if (known.stamp == stamp)
        if (auto place = known.place.lock()) {
          by_path_[path] = {place, stamp};
          return place;
        }
    auto place = std::make_shared<const ZipPlace>(path);
    by_path_[path] = {place, stamp};
    return place;
  }

 private:
  struct Known {
    std::weak_ptr<const Place> place;
    Stamp stamp;
  };
  std::shared_mutex mutex_;
  std::unordered_map<std::string, Known> by_path_;
};

OpenArchives& open_archives() {
  static OpenArchives archives;
  return archives;
}

/// A path as archives have it; nothing where it leads out of its beginning.
std::string plain_within(std::string_view rest) {
  while (rest.starts_with('/')) rest.remove_prefix(1);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const bool plain = rest.find("//") == rest.npos && rest.find("/.") == rest.npos && !rest.starts_with('.');
  if (plain) return std::string(rest);
  std::string clean = fs::path(rest).lexically_normal().string();
  while (clean.ends_with('/')) clean.pop_back();
  return clean == "." ? "" : clean;
}

/// `whole`: whether the archive itself counts.
PlacedPath find_place(const fs::path& path, bool whole) {
  const std::string& text = path.native();
  for (std::size_t end = end_of_zip(text, 0); end != text.npos; end = end_of_zip(text, end)) {
    std::string within = plain_within(std::string_view(text).substr(end));
    if (within == ".." || within.starts_with("../") || (within.empty() && !whole)) continue;
    std::string archive = text.substr(0, end);
    if (auto place = open_archives().at(archive))
      return {std::move(place), std::move(within), std::move(archive)};
  }
  return remote::placed_remotely(text);
}

}  // namespace

PlacedPath placed(const fs::path& path) { return find_place(path, true); }

PlacedPath placed_file(const fs::path& path) { return find_place(path, false); }

}  // namespace doppel
