#include "doppel/dataset/sources/segmentation_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/sources/file_source.h"
#include "picture_files.h"
#include "text.h"

namespace doppel::dataset {

namespace fs = std::filesystem;

namespace {

/// A mask's name without what some tools add to its picture's.
std::string stem_of(const fs::path& file) {
  std::string stem = fs::path(file).replace_extension().string();
  for (const std::string_view end : {"_mask", "_masks", "_gt", "_label", "_labels"})
    if (stem.size() > end.size() && lower(stem).ends_with(end))
      return stem.substr(0, stem.size() - end.size());
  return stem;
}

}  // namespace

fs::path SegmentationFolder::mask_folder(const fs::path& root) {
  for (const std::string_view name :
       {"masks", "mask", "segmentationclass", "annotations", "labels", "groundtruth", "ground_truth", "gt"})
    for (const fs::path& path : entries_of(root)) {
      if (lower(path.filename().string()) != name || !fs::is_directory(path)) continue;
      Remarks ignored;
      if (!pictures_below(root, path, ignored).empty()) return path;
    }
  return {};
}

SegmentationFolder::SegmentationFolder(const fs::path& root, const fs::path& images, const fs::path& masks,
                                       const OnProgress& progress)
    : FileSource(root) {
  std::unordered_map<std::string, std::string> mask_of;
  for (std::string& file : pictures_below(root, masks, remarks_)) {
    const std::string stem = stem_of(fs::path(file).lexically_relative(masks.lexically_relative(root)));
    if (!mask_of.emplace(stem, std::move(file)).second)
      throw Error(fmt::format("{}: two masks have the name {}", masks.string(), stem));
  }
  const std::vector<std::string> files = pictures_below(root, images, remarks_);
  for (const std::string& file : files) {
    if (progress) progress(files_.size(), files.size());
    const fs::path below = fs::path(file).lexically_relative(images.lexically_relative(root));
    const auto found = mask_of.find(fs::path(below).replace_extension().string());
    if (found == mask_of.end())
      throw Error(fmt::format("{} has no mask in {}", (root / file).string(), masks.string()));
    add(file);
    masks_.push_back(found->second);
    mask_of.erase(found);
  }
  if (files_.empty()) throw Error(fmt::format("{} holds no images", images.string()));
  for (const auto& [stem, mask] : mask_of) remarks_.add("masks without a picture", mask);
}

void SegmentationFolder::annotate(std::size_t index, Item& item) const {
  const fs::path file = root_ / masks_[index];
  try {
    item.sample.masks = {decode_mask(read_file(file))};
    const Size size = picture_size(item), own = augment::size_of(item.sample.masks[0]);
    if (own != size)
      throw Error(fmt::format("a mask of {}x{} for a picture of {}x{} (width x height)", own.width,
                              own.height, size.width, size.height));
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", file.string(), error.what())); }
}

}  // namespace doppel::dataset
