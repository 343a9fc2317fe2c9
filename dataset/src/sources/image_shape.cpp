#include "image_shape.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "doppel/base/geometry.h"

namespace doppel::dataset {
namespace {

bool is_channels(std::uint64_t size) { return size == 1 || size == 3 || size == 4; }

[[noreturn]] void refuse_shape(const ArrayFacts& array, const std::string& why) {
  throw Error(fmt::format("{}: its shape is {}: {}", array.name, array.shape_text(), why));
}

ImageShape checked(const ArrayFacts& array, std::uint64_t height, std::uint64_t width, std::uint64_t channels,
                   bool planes) {
  constexpr std::uint64_t kMostSide = 65'535, kMostPixels = std::uint64_t{1} << 28;
  if (height > kMostSide || width > kMostSide || height * width > kMostPixels)
    refuse_shape(array, fmt::format("images of {} x {} are too large", height, width));
  return {static_cast<int>(height), static_cast<int>(width), static_cast<int>(channels), planes};
}

ImageShape of_three(const ArrayFacts& array, std::optional<std::uint64_t> labels) {
  const auto& s = array.shape;
  if (is_channels(s[2]) && labels != s[0])
    refuse_shape(array, fmt::format("{} grey images of {} x {} pixels, or one of {} x {} with {} channels; "
                                    "reshape it to N x H x W x C",
                                    s[0], s[1], s[2], s[0], s[1], s[2]));
  return checked(array, s[1], s[2], 1, false);
}

ImageShape of_four(const ArrayFacts& array, std::optional<std::uint64_t> labels) {
  const auto& s = array.shape;
  const bool last = is_channels(s[3]), second = is_channels(s[1]);
  if (last && second)
    refuse_shape(array, fmt::format("images of {} x {} pixels with {} channels (N x H x W x C), or of {} x "
                                    "{} with {} (N x C x H x W)",
                                    s[1], s[2], s[3], s[2], s[3], s[1]));
  if (last) return checked(array, s[1], s[2], s[3], false);
  if (second) return checked(array, s[2], s[3], s[1], true);
  if (is_channels(s[2]) && labels == s[3])
    refuse_shape(array,
                 "the images' number comes last, as MATLAB has it: move that axis to the front "
                 "(numpy.moveaxis(x, -1, 0))");
  // Bands: fewer than an image has rows or columns.
  const auto few = [&](std::size_t axis, std::size_t a, std::size_t b) {
    return s[axis] <= kMostChannels && s[axis] < s[a] && s[axis] < s[b];
  };
  if (few(3, 1, 2)) return checked(array, s[1], s[2], s[3], false);
  if (few(1, 2, 3)) return checked(array, s[2], s[3], s[1], true);
  refuse_shape(array,
               fmt::format("images have 1 to {} channels, N x H x W x C or N x C x H x W", kMostChannels));
}

}  // namespace

ImageShape ImageShape::of(const ArrayFacts& array, std::optional<std::uint64_t> labels) {
  if (array.rows() == 0 && array.shape.size() > 1) refuse_shape(array, "it holds no images");
  if (std::ranges::find(array.shape, 0U) != array.shape.end()) refuse_shape(array, "it holds no pixels");
  if (array.shape.size() == 3) return of_three(array, labels);
  if (array.shape.size() == 4) return of_four(array, labels);
  refuse_shape(array, "images are N x H x W, N x H x W x C or N x C x H x W");
}

}  // namespace doppel::dataset
