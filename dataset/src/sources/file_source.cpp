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
#include "doppel/base/remote.h"
#include "doppel/codec/image_facts.h"
#include "doppel/codec/picture_file.h"
#include "volumes.h"

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

FileSource::FileSource(std::filesystem::path root)
    : root_(std::move(root)), place_(placed(root_).place), volumes_(std::make_shared<Volumes>()) {}

/// What isn't known to be one image of several.
void FileSource::check_one(std::string_view path) const {
  if (const int slices = is_volume_file(path) ? slices_in(path) : 1; slices > 1)
    throw Error(
        fmt::format("a volume of {} slices, of which nobody says which is meant; a manifest says it in the "
                    "column that --columns frame=NAME names",
                    slices));
}

Item FileSource::read(std::size_t index) const {
  const File& file = files_[index];
  Item item;
  if (file.frame >= 0) {
    item.sample.image = frame_of(file.path, file.frame);
    item.sample.bands = is_volume_file(file.path) && item.sample.image.channels() == 4 &&
                        Volumes::bands(path_of(file.path)) > 1;
  } else {
    check_one(file.path);
    item.encoded =
        is_volume_file(file.path) ? read_file(path_of(file.path)) : read_picture(path_of(file.path));
    if (item.encoded.empty()) throw Error("an empty file");
  }
  item.sample.label = file.label;
  annotate(index, item);
  return item;
}

void FileSource::prepare(std::size_t index) const {
  if (files_[index].frame < 0) fetch_file(path_of(files_[index].path));
}

bool FileSource::is_far() const { return !far_.empty() || (place_ && place_->is_far()); }

std::optional<UnreadItem> FileSource::unread(std::size_t) const {
  constexpr std::uint64_t kUsual = std::uint64_t{256} << 10;  // to know a file's size would take a request
  return unread_bytes(is_far(), kUsual);
}

std::string FileSource::name(std::size_t index) const {
  const File& file = files_[index];
  const std::string path = path_of(file.path).string();
  return file.frame < 0 ? path : fmt::format("{} {}", path, file.frame);
}

std::filesystem::path FileSource::path_of(std::string_view path) const {
  return !far_.empty() && is_remote(path) ? std::filesystem::path(path) : root_ / path;
}

void FileSource::keep_slices(std::string_view path, int label) {
  if (!is_volume_file(path)) return keep(path, label);
  try {
    const int slices = slices_in(path);
    const std::string_view kept = paths_.keep(path);
    for (int slice = 0; slice < slices; ++slice) files_.push_back({kept, label, slice});
  } catch (const Error&) { keep(path, label); }  // what is wrong shows when it is read, as of any file
}

void FileSource::add(std::string_view path, int label, int frame) {
  (void)path_below(root_, path);
  if (is_remote(path)) {
    auto place = placed_file(path).place;
    if (std::ranges::find(far_, place) == far_.end()) far_.push_back(std::move(place));
  }
  keep(path, label, frame);
}

int FileSource::slices_in(std::string_view path) const { return Volumes::slices(path_of(path)); }

cv::Mat FileSource::frame_of(std::string_view path, int frame) const {
  if (is_volume_file(path)) return volumes_->slice(path_of(path), frame);
  return decode_image(read_picture(path_of(path)), {.depth = ImageDepth::AsStored, .frame = frame});
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

namespace {

/// Of an image file's name, without which it's none; empty for others.
std::string_view image_ending(std::string_view name) {
  // On the text: a path's parts are slow to take, and millions are asked for.
  name.remove_prefix(name.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  constexpr std::size_t kLongest = 5;
  if (dot == name.npos || name.starts_with('.') || name.size() - dot > kLongest) return {};
  std::array<char, kLongest> small{};
  const auto lowered = [&](std::string_view ending) {
    return std::string_view(small.begin(), std::ranges::transform(ending, small.begin(), [](unsigned char c) {
                                             return static_cast<char>(std::tolower(c));
                                           }).out);
  };
  static constexpr std::array<std::string_view, 22> kExtensions{
      ".jpg", ".jpeg", ".jpe",  ".jfif", ".png",  ".webp", ".ppm",  ".pgm", ".pnm", ".pam", ".pfm",
      ".bmp", ".tif",  ".tiff", ".gif",  ".heic", ".heif", ".avif", ".jxl", ".exr", ".dcm", ".nii"};
  const std::string_view last = lowered(name.substr(dot));
  if (std::ranges::find(kExtensions, last) != kExtensions.end()) return name.substr(dot);
  constexpr std::size_t kVolume = 4;  // letters of ".nii"
  if (last != ".gz" || dot <= kVolume || lowered(name.substr(dot - kVolume, kVolume)) != ".nii") return {};
  return name.substr(dot - kVolume);
}

}  // namespace

bool is_image_file(const std::filesystem::path& path) { return !image_ending(path.native()).empty(); }

bool is_volume_file(std::string_view path) {
  const std::string_view ending = image_ending(path);
  return ending.size() >= 4 && (ending[1] == 'n' || ending[1] == 'N');
}

bool is_npy_file(std::string_view path) {
  constexpr std::string_view kEnding = ".npy";
  return path.size() > kEnding.size() &&
         std::ranges::equal(path.substr(path.size() - kEnding.size()), kEnding,
                            [](unsigned char a, char b) { return std::tolower(a) == b; });
}

std::string_view without_ending(std::string_view path) {
  constexpr std::size_t kNpy = 4;  // letters
  path.remove_suffix(is_npy_file(path) ? kNpy : image_ending(path).size());
  return path;
}

std::string_view path_of_name(std::string_view name) {
  const std::size_t blank = name.rfind(' ');
  if (blank == name.npos || blank + 1 == name.size() ||
      name.find_first_not_of("0123456789", blank + 1) != name.npos || !is_image_file(name.substr(0, blank)))
    return name;
  return name.substr(0, blank);
}

std::string stem_of_name(std::string_view name) {
  const std::string_view path = path_of_name(name), stem = without_ending(path.substr(path.rfind('/') + 1));
  if (path.size() == name.size()) return std::string(stem);
  return fmt::format("{}_{}", stem, name.substr(path.size() + 1));
}

}  // namespace doppel::dataset
