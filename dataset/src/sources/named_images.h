// Images below a folder, found by what annotations call them.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

/// Listed once, at any depth. Whatever a name says, only what was listed is ever opened.
class NamedImages {
 public:
  /// `others`: gets a remark on files that aren't images. `found`: told of each image. Throws Error where
  /// the folder can't be listed.
  explicit NamedImages(const std::filesystem::path& root, Remarks& others,
                       const std::function<void()>& found = {});
  /// The image at this path (`below`: the folder that it begins in, below the root), or else, of all that
  /// end in the path's last name, the one that shares most of its end. Backslashes are slashes; of a path of
  /// another place, a URL, and Label Studio's ?d=… the end counts. Nothing where none is called so. Throws
  /// Error where several could be it.
  std::optional<std::size_t> find(std::string_view name, const std::filesystem::path& below = {}) const;
  /// The image whose path without ending this is; throws Error where several have it.
  std::optional<std::size_t> with_stem(const std::string& stem) const;
  /// The same, or else the one with that name at any depth.
  std::optional<std::size_t> called(const std::string& stem) const;
  const std::string& path(std::size_t image) const { return paths_[image]; }  ///< below the root
  std::size_t size() const { return paths_.size(); }
  /// Marks an image as taken by `whose`. Throws Error where another took it.
  void take(std::size_t image, const std::string& whose);
  bool is_taken(std::size_t image) const { return !takers_[image].empty(); }

 private:
  std::vector<std::string> paths_, takers_;
  std::unordered_map<std::string, std::size_t> by_path_;
  std::unordered_multimap<std::string, std::size_t> by_name_, by_stem_, by_name_stem_;
};

/// Where the images of an annotation file are looked for: below its folder, or the one above where that is
/// called annotations or labels.
std::filesystem::path images_root(const std::filesystem::path& file);

}  // namespace doppel::dataset
