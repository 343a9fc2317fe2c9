#include "doppel/dataset/sources/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "doppel/base/error.h"
#include "doppel/base/utf8.h"
#include "doppel/dataset/sources/file_source.h"
#include "listed_images.h"
#include "text.h"

namespace doppel::dataset {

namespace fs = std::filesystem;

namespace {

/// Of an image's name without its ending; empty where it isn't called as a mask of another.
std::string_view masked_by(std::string_view stem) {
  for (const std::string_view end : {"_mask", "_masks", "_gt", "_label", "_seg", "_segmentation"})
    if (stem.size() > end.size() && lower(stem.substr(stem.size() - end.size())) == end)
      return stem.substr(0, stem.size() - end.size());
  return {};
}

/// Masks beside their images ("1.png", "1_mask.png") are images here: somebody may not know.
void remark_masks(const std::vector<std::string>& images, Remarks& remarks) {
  std::unordered_set<std::string_view> stems;
  if (std::ranges::any_of(images, [](const auto& one) { return !masked_by(without_ending(one)).empty(); }))
    for (const std::string& image : images) stems.insert(without_ending(image));
  for (const std::string& image : images)
    if (!stems.empty() && stems.contains(masked_by(without_ending(image))))
      remarks.add("images called like masks of others beside them, which are read as images", image);
}

/// "images_001", "images_002": perhaps one folder of images in several.
void remark_numbered(const std::vector<std::string>& classes, Remarks& remarks) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  constexpr std::size_t kShortest = 5;  // letters; "n01440764" and "c7" are classes
  std::set<std::string> words;
  std::set<std::uint64_t> numbers;
  for (const std::string& name : classes) {
    std::string word, digits;
    for (const char c : name) (is_digit(c) ? digits : word) += c;
    words.insert(word);
    numbers.insert(digits.empty() || digits.size() > 9 ? 0 : std::stoull(digits));
  }
  const bool in_a_row =
      numbers.size() == classes.size() && *numbers.rbegin() - *numbers.begin() + 1 == classes.size();
  if (classes.size() < 2 || words.size() != 1 || words.begin()->size() < kShortest || !in_a_row) return;
  for (const std::string& name : classes) remarks.add("classes whose names differ in a number alone", name);
}

}  // namespace

ImageFolder::ImageFolder(const fs::path& root, const OnProgress& progress) : FileSource(root) {
  std::vector<std::pair<fs::path, fs::path>> folders;
  std::vector<fs::path> beside;
  for (const auto& [path, is_folder, is_special] : listing_of(root)) {
    if (is_folder)
      folders.emplace_back(path, path);
    else
      beside.push_back(path);
  }
  read_classes(folders, progress);
  for (const fs::path& file : beside)
    if (is_image_file(file))
      remarks_.add("images beside the class folders, which have no class and are left out",
                   file.filename().string());
    else
      remark_unread(remarks_, root, file);
}

ImageFolder::ImageFolder(const fs::path& root, const std::map<fs::path, fs::path>& part,
                         const OnProgress& progress)
    : FileSource(root) {
  read_classes({part.begin(), part.end()}, progress);
}

void ImageFolder::read_classes(const std::vector<std::pair<fs::path, fs::path>>& folders,
                               const OnProgress& progress) {
  std::size_t all = 0;
  const auto found = [&] {
    if (progress) progress(all++, 0);
  };
  for (const auto& [folder, inside] : folders) {
    const std::vector<std::string> images =
        inside.empty() ? std::vector<std::string>() : images_below(root_, inside, remarks_, found);
    const int label = static_cast<int>(classes_.size());
    std::string name = folder.filename().string();
    if (!is_utf8(name)) {
      name = utf8_of_latin1(name);
      remarks_.add("class names that aren't UTF-8, taken for ISO 8859-1", name);
    }
    classes_.push_back(std::move(name));
    if (images.empty())
      remarks_.add("class folders without an image that is read", folder.filename().string());
    remark_masks(images, remarks_);
    for (const std::string& image : images) keep_slices(image, label);
  }
  std::unordered_map<std::string, std::string> by_small;
  for (const std::string& name : classes_)
    if (const auto [other, is_new] = by_small.emplace(lower(name), name); !is_new)
      remarks_.add("classes whose names differ in upper and lower case alone", other->second + ", " + name);
  if (classes_.empty())
    throw Error(
        fmt::format("{} has no class folders; an image folder holds one folder per class", root_.string()));
  if (files_.empty())
    throw Error(
        fmt::format("{}: its folders hold no images that are read (.jpg, .png, .webp, .ppm, .pgm, .bmp, "
                    ".tif, .gif, .heic, .avif, .jxl, .exr, .dcm, .nii, .npy)",
                    root_.string()));
  remark_numbered(classes_, remarks_);
}

}  // namespace doppel::dataset
