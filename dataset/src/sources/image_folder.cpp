#include "doppel/dataset/sources/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "doppel/base/error.h"
#include "doppel/dataset/sources/file_source.h"

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

/// Images below a folder, in order, as paths below `root`. `above`: the folders that this one lies in, by
/// their true names; one of them met again is a link that leads back up. `found`: told of each image.
void collect(const fs::path& root, const fs::path& folder, std::vector<fs::path>& above,
             std::vector<std::string>& images, const std::function<void()>& found) {
  const fs::path true_name = fs::canonical(folder);
  if (std::ranges::find(above, true_name) != above.end()) return;
  above.push_back(true_name);
  for (const fs::path& path : sorted_entries(folder)) {
    if (is_image_file(path)) {
      images.push_back(path.string().substr(root.string().size() + 1));
      found();
    } else if (std::error_code ignored; fs::is_directory(path, ignored)) {
      collect(root, path, above, images, found);
    }
  }
  above.pop_back();
}

}  // namespace

ImageFolder::ImageFolder(const fs::path& root, const OnProgress& progress) : FileSource(root) {
  std::size_t all = 0;
  const auto found = [&] {
    if (progress) progress(all++, 0);
  };
  for (const fs::path& folder : sorted_entries(root)) {
    if (!fs::is_directory(folder)) continue;
    std::vector<std::string> images;
    std::vector<fs::path> above;
    collect(root, folder, above, images, found);
    const int label = static_cast<int>(classes_.size());
    classes_.push_back(folder.filename().string());
    if (images.empty())
      throw Error(
          fmt::format("the class folder {} holds no images (.jpg, .png, .webp, .ppm, .pgm, .bmp, .tif); fill "
                      "or remove it",
                      folder.string()));
    for (std::string& image : images) files_.push_back({std::move(image), label});
  }
  if (classes_.empty())
    throw Error(
        fmt::format("{} has no class folders; an image folder holds one folder per class", root.string()));
}

}  // namespace doppel::dataset
