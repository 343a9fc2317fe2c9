#include "shard_member.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "doppel/dataset/sources/file_source.h"
#include "listed_images.h"
#include "text.h"

namespace doppel::dataset {
namespace {

using Words = std::span<const std::string_view>;
/// In the order in which they are taken; others after them.
constexpr std::array<std::string_view, 12> kImageEndings{"jpg", "jpeg", "jpe", "jfif", "png", "webp",
                                                         "ppm", "pgm",  "pnm", "bmp",  "tif", "tiff"};
constexpr std::array<std::string_view, 4> kClasses{"cls", "class", "label", "cls2"};
constexpr std::array<std::string_view, 2> kJson{"json", "jsn"};
constexpr std::array<std::string_view, 2> kMaps{"npy", "flo"};
constexpr std::array<std::string_view, 3> kCaptions{"txt", "text", "caption"};
constexpr std::array<std::string_view, 5> kMasks{"mask", "masks", "seg", "segmentation", "segmap"};
/// What stands before an image's ending, in the order in which they are taken.
constexpr std::array<std::string_view, 5> kImageNames{"image", "img", "", "input", "0"};

/// Its place in the list; the list's length where it isn't there.
int rank_of(Words words, std::string_view word) {
  return static_cast<int>(std::ranges::find(words, word) - words.begin());
}
bool holds(Words words, std::string_view word) {
  return rank_of(words, word) < static_cast<int>(words.size());
}

/// Of an image by itself; a volume is many.
bool is_image_ending(std::string_view word) {
  const std::string name = fmt::format("image.{}", word);
  return is_image_file(name) && !is_volume_file(name);
}

/// mask, mask0, mask_1.
bool is_mask(std::string_view word) {
  while (!word.empty() && ((word.back() >= '0' && word.back() <= '9') || word.back() == '_'))
    word.remove_suffix(1);
  return holds(kMasks, word.substr(word.rfind('.') + 1));
}

}  // namespace

std::pair<std::string_view, std::string_view> key_and_extension(std::string_view name) {
  const std::size_t slash = name.rfind('/'), dot = name.find('.', slash == name.npos ? 0 : slash + 1);
  if (dot == name.npos) return {name, {}};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

bool is_passed_by(std::string_view name) {
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find('/', at), name.size());
    const std::string_view part = name.substr(at, end - at);
    if (part != "." && part != ".." && !part.empty() && is_leftover(part)) return true;
    at = end + 1;
  }
  return name.starts_with("__") && name.ends_with("__");
}

ShardExtension::ShardExtension(std::string_view extension) : text(lower(extension)) {
  const std::size_t dot = text.rfind('.');
  const std::string_view whole = text, last = whole.substr(dot == whole.npos ? 0 : dot + 1),
                         before = whole.substr(0, dot == whole.npos ? 0 : dot);
  const bool is_image = is_image_ending(last);
  if (is_image && is_mask(before)) {
    kind = last == "png" ? Kind::Mask : Kind::Unread;
    remark =
        last == "png" ? "masks in colour, which aren't read" : "masks that aren't PNGs, which aren't read";
  } else if (is_image) {
    kind = Kind::Image;
    standing = rank_of(kImageNames, before) * (static_cast<int>(kImageEndings.size()) + 1) +
               rank_of(kImageEndings, last);
    remark = fmt::format(
        "further images of a sample, whose key ends at the first dot, which aren't read (.{})", last);
  } else if (holds(kMaps, last)) {
    kind = Kind::Map;
    standing = rank_of(kImageNames, before);
    may_be_image = last == "npy" && holds(kImageNames, before);
    remark = fmt::format("arrays that no `maps` in JSON names, which aren't read (.{})", last);
  } else if (holds(kClasses, last)) {
    kind = Kind::Class;
    standing = (before.empty() ? 0 : static_cast<int>(kClasses.size())) + rank_of(kClasses, last);
    remark = fmt::format("further classes of a sample, which aren't read (.{})", last);
  } else if (holds(kJson, last)) {
    kind = Kind::Json;
    standing = (before.empty() ? 0 : static_cast<int>(kJson.size())) + rank_of(kJson, last);
    remark = "further JSON members of a sample, which aren't read";
  } else if (holds(kCaptions, last)) {
    remark = fmt::format("captions, which aren't labels and aren't read (.{})", last);
  } else {
    remark = last.empty() ? "members without an ending, which aren't read"
                          : fmt::format("members that aren't read (.{})", last);
  }
}

}  // namespace doppel::dataset
