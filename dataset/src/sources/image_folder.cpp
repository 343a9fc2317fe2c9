#include "doppel/dataset/sources/image_folder.h"

#include <fmt/format.h>

#include "doppel/base/error.h"
#include "doppel/dataset/sources/file_source.h"
#include "picture_files.h"

namespace doppel::dataset {

namespace fs = std::filesystem;

ImageFolder::ImageFolder(const fs::path& root, const OnProgress& progress) : FileSource(root) {
  std::size_t all = 0;
  const auto found = [&] {
    if (progress) progress(all++, 0);
  };
  std::vector<fs::path> beside;
  for (const fs::path& folder : entries_of(root)) {
    if (!fs::is_directory(folder)) {
      beside.push_back(folder);
      continue;
    }
    std::vector<std::string> images = pictures_below(root, folder, remarks_, found);
    const int label = static_cast<int>(classes_.size());
    classes_.push_back(folder.filename().string());
    if (images.empty())
      remarks_.add("class folders without a picture that is read", folder.filename().string());
    for (std::string& image : images) files_.push_back({std::move(image), label});
  }
  if (classes_.empty())
    throw Error(
        fmt::format("{} has no class folders; an image folder holds one folder per class", root.string()));
  if (files_.empty())
    throw Error(fmt::format(
        "{}: its folders hold no pictures that are read (.jpg, .png, .webp, .ppm, .pgm, .bmp, .tif)",
        root.string()));
  for (const fs::path& file : beside)
    if (is_image_file(file))
      remarks_.add("pictures beside the class folders, which have no class and are left out",
                   file.filename().string());
    else
      remark_unread(remarks_, root, file);
}

}  // namespace doppel::dataset
