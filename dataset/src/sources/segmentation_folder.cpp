#include "doppel/dataset/sources/segmentation_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/sources/file_source.h"

namespace doppel::dataset {

namespace fs = std::filesystem;

fs::path SegmentationFolder::mask_folder(const fs::path& root) {
  for (const char* name : {"masks", "SegmentationClass", "annotations", "labels"})
    if (fs::is_directory(root / name))
      for (const auto& entry : fs::directory_iterator(root / name))
        if (entry.path().extension() == ".png") return root / name;
  return {};
}

SegmentationFolder::SegmentationFolder(const fs::path& root, const OnProgress& progress) : FileSource(root) {
  const fs::path masks = mask_folder(root);
  fs::path images = root / "images";
  if (!fs::is_directory(images)) images = root / "JPEGImages";
  if (masks.empty() || !fs::is_directory(images))
    throw Error(fmt::format("{} needs a folder images/ and a folder masks/ with PNGs", root.string()));
  std::unordered_map<std::string, std::string> mask_of;
  for (const auto& entry : fs::directory_iterator(masks))
    if (is_image_file(entry.path()) &&
        !mask_of.emplace(entry.path().stem().string(), entry.path().filename().string()).second)
      throw Error(
          fmt::format("{}: two masks have the name {}", masks.string(), entry.path().stem().string()));
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(images))
    if (is_image_file(entry.path())) files.push_back(entry.path());
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    if (progress) progress(files_.size(), files.size());
    const auto found = mask_of.find(file.stem().string());
    if (found == mask_of.end())
      throw Error(fmt::format("{} has no mask in {}", file.string(), masks.string()));
    add((images.filename() / file.filename()).string());
    masks_.push_back((masks.filename() / found->second).string());
  }
  if (files_.empty()) throw Error(fmt::format("{} holds no images", images.string()));
}

void SegmentationFolder::annotate(std::size_t index, Item& item) const {
  const fs::path file = root_ / masks_[index];
  try {
    item.sample.masks = {decode_mask(read_file(file))};
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", file.string(), error.what())); }
}

}  // namespace doppel::dataset
