#include "segmentation_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "doppel/base/error.h"
#include "doppel/dataset/sources/segmentation_folder.h"
#include "sources/listed_images.h"
#include "sources/text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// Images in it, arrays too, or a few folders down.
bool has_images(const fs::path& path, int depth = 3) {
  if (path.empty()) return false;
  const Folder folder(path);
  return std::ranges::any_of(
             folder.files(),
             [](const fs::path& file) { return is_image_file(file) || is_npy_file(file.native()); }) ||
         (depth > 0 && std::ranges::any_of(folder.folders(), [&](const fs::path& below) {
            return has_images(below, depth - 1);
          }));
}

struct Pair {
  fs::path images, masks;
};
using Pairs = std::map<Part, Pair>;

void add(Pairs& pairs, Part part, Pair pair) {
  const auto [known, is_new] = pairs.emplace(part, pair);
  if (!is_new)
    throw Error(fmt::format("both {} and {} look like the {} part; leave one of them there",
                            known->second.images.string(), pair.images.string(), text_of(part)));
}

/// Masks that lie in one more folder of their own: annotations/trimaps/.
fs::path innermost(const fs::path& masks, const Folder& images) {
  const Folder folder(masks);
  if (!folder.images().empty()) return masks;
  std::vector<fs::path> inside;
  std::ranges::copy_if(folder.folders(), std::back_inserter(inside),
                       [](const fs::path& below) { return has_images(below); });
  const bool own = inside.size() == 1 && images.folder({lower(inside[0].filename().string())}).empty();
  return own ? inside[0] : masks;
}

/// images/ and masks/, or the parts in them.
Pairs in_two_folders(const Folder& folder, Remarks& remarks) {
  const fs::path images = folder.images_to_mask();
  if (images.empty() || !has_images(images)) return {};
  const fs::path around = SegmentationFolder::mask_folder(folder.path());
  if (around.empty()) return {};
  const Folder inside(images);
  const fs::path masks = innermost(around, inside);
  if (masks != around)
    for (const Entry& entry : listing_of(around))
      if (entry.path != masks)
        remarks.add("what lies beside the masks and isn't read",
                    entry.path.lexically_relative(folder.path()).string());
  Pairs pairs;
  std::vector<std::string> others;
  for (const fs::path& below : inside.folders()) {
    const std::string name = below.filename().string();
    const auto part = part_of_folder(name);
    const fs::path other = Folder(masks).folder({lower(name)});
    if (!part)
      others.push_back((images.filename() / name).string());
    else if (!other.empty())
      add(pairs, *part, {below, other});
    else if (part == Part::Train)
      throw Error(fmt::format("{} has images, but there is no {}", below.string(), (masks / name).string()));
    else
      remarks.add("parts without masks, which aren't used", (images.filename() / name).string());
  }
  if (!pairs.contains(Part::Train)) return {{Part::Train, {images, masks}}};
  for (const std::string& other : others) remarks.add("folders that are no part, and aren't used", other);
  for (const fs::path& image : inside.images())
    remarks.add("images beside the parts' folders, which aren't used",
                (images.filename() / image.filename()).string());
  return pairs;
}

/// What is left of a folder's name without what images and masks are called.
struct Name {
  std::string rest;
  bool masks = false;
};

Name name_of(const fs::path& folder) {
  Name name{lower(folder.filename().string())};
  const auto cut = [&](std::string_view word) {
    const std::size_t at = name.rest.find(word);
    if (at != std::string::npos) name.rest.erase(at, word.size());
    return at != std::string::npos;
  };
  for (const std::string_view word : {"groundtruth", "ground_truth", "annotations", "annotation", "annot",
                                      "masks", "mask", "labels", "label", "_gt", "gt_"})
    name.masks = cut(word) || name.masks;
  for (const std::string_view word : {"images", "image", "imgs", "img"}) cut(word);
  std::erase_if(name.rest, [](char c) { return c == '_' || c == '-' || c == ' '; });
  return name;
}

/// train/ and trainannot/, images_val/ and val_masks/, imagesTr/ and labelsTr/.
Pairs in_folders_of_parts(const Folder& folder, Remarks& remarks) {
  std::map<std::string, Pair> by_name;
  for (const fs::path& path : folder.folders()) {
    const Name name = name_of(path);
    fs::path& place = name.masks ? by_name[name.rest].masks : by_name[name.rest].images;
    if (place.empty()) place = path;
  }
  Pairs pairs;
  for (const auto& [name, pair] : by_name) {
    const auto part = name == "tr" ? Part::Train : name == "ts" ? Part::Test : part_of_folder(name);
    if (part && has_images(pair.images) && has_images(pair.masks)) add(pairs, *part, pair);
  }
  if (!pairs.contains(Part::Train)) return {};
  for (const auto& [name, pair] : by_name)
    if (part_of_folder(name) && !pair.images.empty() && pair.masks.empty())
      remarks.add("parts without masks, which aren't used", pair.images.filename().string());
  return pairs;
}

}  // namespace

std::optional<Parts> open_segmentation(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  Pairs pairs = in_two_folders(folder, remarks);
  if (pairs.empty()) pairs = in_folders_of_parts(folder, remarks);
  if (pairs.empty()) return {};
  Parts parts;
  std::set<fs::path> used;
  for (const auto& [part, pair] : pairs) {
    const auto source =
        std::make_shared<SegmentationFolder>(folder.path(), pair.images, pair.masks, options.progress);
    used.insert(source->color_table());
    used.insert(source->labels_file());
    parts[part] = source;
    for (const fs::path& one : {pair.images, pair.masks})
      used.insert(folder.path() / *one.lexically_relative(folder.path()).begin());
  }
  for (const fs::path& path : folder.folders())
    if (!used.contains(path) && !part_of_folder(path.filename().string()))
      remarks.add("folders that aren't read", path.filename().string());
  for (const fs::path& file : folder.files())
    if (!used.contains(file)) remark_unread(remarks, folder.path(), file);
  return parts;
}

}  // namespace doppel::dataset
