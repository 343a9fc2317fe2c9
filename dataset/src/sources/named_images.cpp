#include "named_images.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "listed_images.h"
#include "moved_path.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

std::string name_in(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));  // npos + 1 is 0
}

std::string name_before_ending(const std::string& path) {
  const std::size_t slash = path.rfind('/') + 1, dot = path.rfind('.');
  return dot == path.npos || dot <= slash ? path : path.substr(0, dot);
}

/// How many of their last letters are the same, up to a slash.
std::size_t common_end(std::string_view a, std::string_view b) {
  std::size_t same = 0, whole = 0;
  while (same < a.size() && same < b.size() && a[a.size() - 1 - same] == b[b.size() - 1 - same]) {
    if (a[a.size() - 1 - same] == '/') whole = same;
    ++same;
  }
  const auto ends_word = [&](std::string_view text) {
    return same == text.size() || text[text.size() - 1 - same] == '/';
  };
  return ends_word(a) && ends_word(b) ? same : whole;
}

}  // namespace

NamedImages::NamedImages(const fs::path& root, Remarks& others, const std::function<void()>& found)
    : paths_(images_below(root, root, others, found)), takers_(paths_.size()) {
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    by_path_.emplace(paths_[i], i);
    by_name_.emplace(name_in(paths_[i]), i);
    by_stem_.emplace(name_before_ending(paths_[i]), i);
    by_name_stem_.emplace(name_before_ending(name_in(paths_[i])), i);
  }
}

std::optional<std::size_t> NamedImages::find(std::string_view given, const fs::path& below) const {
  std::string name(given);
  if (const auto found = by_path_.find((below / name).lexically_normal().generic_string());
      found != by_path_.end())
    return found->second;
  std::ranges::replace(name, '\\', '/');
  if (begins_elsewhere(name)) name = end_of_path(name);
  if (const auto found = by_path_.find((below / name).lexically_normal().generic_string());
      found != by_path_.end())
    return found->second;
  std::vector<std::size_t> best;  // all that share the most
  std::size_t longest = 0;
  for (auto [at, end] = by_name_.equal_range(name_in(name)); at != end; ++at) {
    const std::size_t common = common_end(paths_[at->second], name);
    if (common < longest) continue;
    if (common > longest) best.clear();
    longest = common;
    best.push_back(at->second);
  }
  std::ranges::sort(best);
  if (best.size() > 1)
    throw Error(fmt::format("'{}' could be {} or {}", given, paths_[best[0]], paths_[best[1]]));
  return best.empty() ? std::nullopt : std::optional(best[0]);
}

namespace {

std::optional<std::size_t> only_one(const std::unordered_multimap<std::string, std::size_t>& images,
                                    const std::string& key, const std::vector<std::string>& paths) {
  const auto [first, end] = images.equal_range(key);
  if (first == end) return {};
  if (const auto next = std::next(first); next != end)
    throw Error(fmt::format("both {} and {} could be the image '{}'",
                            paths[std::min(first->second, next->second)],
                            paths[std::max(first->second, next->second)], key));
  return first->second;
}

}  // namespace

std::optional<std::size_t> NamedImages::with_stem(const std::string& stem) const {
  return only_one(by_stem_, stem, paths_);
}

std::optional<std::size_t> NamedImages::called(const std::string& stem) const {
  const auto found = with_stem(stem);
  return found ? found : only_one(by_name_stem_, stem, paths_);
}

void NamedImages::take(std::size_t image, const std::string& whose) {
  if (!takers_[image].empty())
    throw Error(
        fmt::format("it is of {}, as is {}; an image is annotated once", paths_[image], takers_[image]));
  takers_[image] = whose;
}

fs::path images_root(const fs::path& file) {
  fs::path folder = file.parent_path();
  const std::string name = lower(folder.filename().string());
  if (name == "annotations" || name == "labels") folder = folder.parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

}  // namespace doppel::dataset
