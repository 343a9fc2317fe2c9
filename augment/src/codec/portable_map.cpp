#include "doppel/codec/portable_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <opencv2/core.hpp>

#include "doppel/base/error.h"
#include "numbers_of_pixels.h"
#include "portable_map_header.h"

namespace doppel {
namespace {

/// Numbers of one or two bytes, the higher first, so that `most` becomes `white`.
template <class T>
void scale_map(const unsigned char* numbers, std::size_t count, long most, long white, T* out) {
  for (std::size_t i = 0; i < count; ++i) {
    const long value = most > 255 ? numbers[2 * i] << 8 | numbers[2 * i + 1] : numbers[i];
    out[i] = static_cast<T>((std::min(value, most) * white + most / 2) / most);
  }
}

/// The last row comes first.
cv::Mat floats_of(const unsigned char* numbers, const PortableMapHeader& map) {
  cv::Mat image(map.size, CV_32FC(map.stored));
  const std::size_t row = static_cast<std::size_t>(image.cols) * image.elemSize();
  for (int y = image.rows; y-- > 0; numbers += row) {
    auto* out = image.ptr<float>(y);
    for (std::size_t x = 0; x < row / 4; ++x)
      out[x] = std::bit_cast<float>(number_at({numbers, row}, 4 * x, 4, map.order));
  }
  return image;
}

}  // namespace

cv::Mat portable_map(std::span<const unsigned char> bytes, long max_pixels, ImageDepth depth) {
  const PortableMapHeader map = portable_map_header(bytes, max_pixels);
  const std::size_t count = static_cast<std::size_t>(map.size.width) *
                            static_cast<std::size_t>(map.size.height) * static_cast<std::size_t>(map.stored),
                    taken = count * (map.floats       ? 4
                                     : map.most > 255 ? 2
                                                      : 1);
  if (bytes.size() < map.pixels || bytes.size() - map.pixels < taken)
    throw Error(fmt::format("a {} of {}x{} whose pixels aren't all there", map.name, map.size.width,
                            map.size.height));
  if (depth == ImageDepth::Eight) check_eight(map.name, map.channels(), map.alpha, map.depth());
  auto* pixels = const_cast<unsigned char*>(bytes.data()) + map.pixels;
  if (map.floats) return floats_of(pixels, map);
  const auto with_alpha = [&](const cv::Mat& image) {
    return map.stored == 2 && map.alpha ? rgba_of_grey_alpha(image) : image;
  };
  if (map.most == 255) return with_alpha({map.size, CV_8UC(map.stored), pixels});
  const bool wide = map.most > 255 && depth == ImageDepth::AsStored;
  cv::Mat image(map.size, CV_MAKETYPE(wide ? CV_16U : CV_8U, map.stored));
  if (wide)
    scale_map(pixels, count, map.most, 65535, image.ptr<std::uint16_t>());
  else
    scale_map(pixels, count, map.most, 255, image.ptr());
  return with_alpha(image);
}

}  // namespace doppel
