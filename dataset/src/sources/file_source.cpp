#include "doppel/dataset/sources/file_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>

#include "class_order.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/place.h"
#include "doppel/codec/image_facts.h"

namespace doppel::dataset {

std::string_view KeptTexts::keep(std::string_view text) {
  constexpr std::size_t kBlock = 1 << 14;
  if (text.size() > left_) {
    left_ = std::max(kBlock, text.size());
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
    next_ = blocks_.back().get();
  }
  char* const kept = next_;
  std::ranges::copy(text, kept);
  next_ += text.size(), left_ -= text.size();
  return {kept, text.size()};
}

FileSource::FileSource(std::filesystem::path root) : root_(std::move(root)), place_(placed(root_).place) {}

Item FileSource::read(std::size_t index) const {
  Item item{read_file(root_ / files_[index].path), {}};
  if (item.encoded.empty()) throw Error("an empty file");
  item.sample.label = files_[index].label;
  annotate(index, item);
  return item;
}

void FileSource::prepare(std::size_t index) const { fetch_file(root_ / files_[index].path); }

std::string FileSource::name(std::size_t index) const { return (root_ / files_[index].path).string(); }

void FileSource::add(std::string_view path, int label) {
  (void)path_below(root_, path);
  keep(path, label);
}

int FileSource::class_of(std::string_view name) {
  const auto found = std::ranges::find(classes_, name);
  if (found != classes_.end()) return static_cast<int>(found - classes_.begin());
  classes_.emplace_back(name);
  return static_cast<int>(classes_.size()) - 1;
}

std::vector<int> FileSource::sort_classes() {
  std::vector<int> order(classes_.size()), rank(classes_.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, [&](int a, int b) {
    return class_order(classes_[static_cast<std::size_t>(a)]) <
           class_order(classes_[static_cast<std::size_t>(b)]);
  });
  std::vector<std::string> sorted;
  for (std::size_t i = 0; i < order.size(); ++i) {
    rank[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
    sorted.push_back(std::move(classes_[static_cast<std::size_t>(order[i])]));
  }
  classes_ = std::move(sorted);
  for (File& file : files_)
    if (file.label >= 0) file.label = rank[static_cast<std::size_t>(file.label)];
  return rank;
}

std::filesystem::path path_below(const std::filesystem::path& root, std::string_view name) {
  const std::filesystem::path path(name);
  if (name.empty()) throw Error("an empty file name");
  if (path.is_absolute() || std::ranges::find(path, "..") != path.end())
    throw Error(fmt::format("'{}' leaves the folder {}; files must lie below it", name, root.string()));
  return root / path;
}

std::string of_other_size(const std::string& image, Size size, Size told) {
  const bool turned = told.width == size.height && told.height == size.width;
  return fmt::format("{} is {} x {} pixels (width x height), but its annotations are of {} x {}{}", image,
                     size.width, size.height, told.width, told.height,
                     turned ? ": was it annotated without its EXIF orientation, or are they exchanged?" : "");
}

Size image_size(const Item& item) {
  if (item.encoded.empty()) return augment::size_of(item.sample.image);
  const cv::Size size = facts_of(item.encoded).size;
  return {size.height, size.width};
}

bool is_image_file(const std::filesystem::path& path) {
  // On the text: a path's parts are slow to take, and millions are asked for.
  std::string_view name = path.native();
  name.remove_prefix(name.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  constexpr std::size_t kLongest = 5;
  if (dot == name.npos || name.starts_with('.') || name.size() - dot > kLongest) return false;
  std::array<char, kLongest> small{};
  const auto end = std::ranges::transform(name.substr(dot), small.begin(), [](unsigned char c) {
                     return static_cast<char>(std::tolower(c));
                   }).out;
  static constexpr std::array<std::string_view, 21> kExtensions{
      ".jpg", ".jpeg", ".jpe",  ".jfif", ".png",  ".webp", ".ppm",  ".pgm", ".pnm", ".pam", ".pfm",
      ".bmp", ".tif",  ".tiff", ".gif",  ".heic", ".heif", ".avif", ".jxl", ".exr", ".dcm"};
  return std::ranges::find(kExtensions, std::string_view(small.begin(), end)) != kExtensions.end();
}

}  // namespace doppel::dataset
