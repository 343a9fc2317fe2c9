#include "voc_images.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "doppel/base/error.h"
#include "doppel/dataset/sources/file_source.h"
#include "voc_layout.h"

namespace doppel::dataset {

namespace fs = std::filesystem;

VocImages::VocImages(std::vector<std::string> images) : paths_(std::move(images)) {
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    stems_.emplace(path_without_ending(paths_[i]), i);
    names_.emplace(fs::path(paths_[i]).stem().string(), i);
  }
}

std::vector<std::size_t> VocImages::with_stem(const std::string& stem) const {
  std::vector<std::size_t> found;
  for (auto [at, end] = stems_.equal_range(stem); at != end; ++at) found.push_back(at->second);
  if (!found.empty()) return found;
  for (auto [at, end] = names_.equal_range(fs::path(stem).filename().string()); at != end; ++at)
    found.push_back(at->second);
  return found;
}

/// Of several with that stem, those with that ending.
std::vector<std::size_t> VocImages::called(const std::string& filename) const {
  if (filename.empty()) return {};
  std::string name = filename;
  std::ranges::replace(name, '\\', '/');
  fs::path path(name);
  // A place on another machine.
  if (path.is_absolute() || (name.size() > 1 && name[1] == ':')) path = path.filename();
  if (std::ranges::find(path, "..") != path.end())
    throw Error(fmt::format("its <filename> '{}' leaves the folder", filename));
  // Names may hold dots without an ending.
  const std::vector<std::size_t> all =
      with_stem(is_image_file(path) ? path_without_ending(path) : path.string());
  std::vector<std::size_t> same;
  for (const std::size_t one : all)
    if (fs::path(paths_[one]).extension() == path.extension()) same.push_back(one);
  return same.empty() ? all : same;
}

std::size_t VocImages::of(const std::string& key, const std::string& filename, Remarks& remarks) const {
  const auto words = [&](const std::vector<std::size_t>& images) {
    std::vector<std::string> paths;
    for (const std::size_t one : images) paths.push_back(paths_[one]);
    return fmt::format("{}", fmt::join(paths, " and "));
  };
  const std::vector<std::size_t> named = called(filename), own = with_stem(key);
  if (named.empty() && own.empty())
    throw Error(filename.empty() ? fmt::format("it names no <filename>, and no image is called '{}'", key)
                                 : fmt::format("its image '{}' isn't there", filename));
  std::vector<std::size_t> both;
  for (const std::size_t one : named)
    if (std::ranges::find(own, one) != own.end()) both.push_back(one);
  if (!named.empty() && !own.empty() && both.empty())
    throw Error(fmt::format("its <filename> names {}, but there is {} with its own name; they should agree",
                            words(named), words(own)));
  const std::vector<std::size_t>& which = !both.empty() ? both : !named.empty() ? named : own;
  if (which.size() > 1) throw Error(fmt::format("each of {} could be its image", words(which)));
  if (named.empty() && !filename.empty())
    remarks.add("annotations whose <filename> isn't there, taken for the image of their own name", key);
  return which.front();
}

}  // namespace doppel::dataset
