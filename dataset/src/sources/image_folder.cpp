#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "doppel/augment/error.h"
#include "doppel/dataset/files.h"
#include "doppel/dataset/sources.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) throw Error(fmt::format("can't open the folder {}: {}", folder.string(), error.message()));
  std::vector<fs::path> paths;
  for (const auto& entry : entries)
    if (!is_hidden(entry.path())) paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

/// Images below a folder, in order; a link that leads back up is followed once.
void collect(const fs::path& folder, int depth, std::vector<fs::path>& images) {
  for (const fs::path& path : sorted_entries(folder)) {
    if (fs::is_directory(path)) {
      if (depth < 16) collect(path, depth + 1, images);
    } else if (is_image_file(path)) {
      images.push_back(path);
    }
  }
}

}  // namespace

bool is_image_file(const fs::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
  static constexpr std::array<std::string_view, 4> kExtensions{".jpg", ".jpeg", ".png", ".webp"};
  return !is_hidden(path) && std::ranges::find(kExtensions, extension) != kExtensions.end();
}

ImageFolder::ImageFolder(const fs::path& root) {
  for (const fs::path& folder : sorted_entries(root)) {
    if (!fs::is_directory(folder)) continue;
    std::vector<fs::path> images;
    collect(folder, 0, images);
    const int label = static_cast<int>(classes_.size());
    classes_.push_back(folder.filename().string());
    if (images.empty())
      throw Error(
          fmt::format("the class folder {} holds no images (.jpg, .jpeg, .png, .webp); fill or remove it",
                      folder.string()));
    for (fs::path& image : images) files_.push_back({std::move(image), label});
  }
  if (classes_.empty())
    throw Error(
        fmt::format("{} has no class folders; an image folder holds one folder per class", root.string()));
}

Item ImageFolder::read(std::size_t index) const {
  Item item{read_file(files_[index].path), {}};
  if (item.encoded.empty()) throw Error("an empty file");
  item.sample.label = files_[index].label;
  return item;
}

std::string ImageFolder::name(std::size_t index) const { return files_[index].path.string(); }

Item ImageFiles::read(std::size_t index) const {
  Item item{read_file(files_[index]), {}};
  if (item.encoded.empty()) throw Error("an empty file");
  return item;
}

}  // namespace doppel::dataset
