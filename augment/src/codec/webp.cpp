#include "webp.h"

#include <webp/decode.h>

#include <opencv2/core.hpp>

#include "picture_size.h"

namespace doppel {

cv::Mat decode_webp(std::span<const unsigned char> bytes, long max_pixels) {
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK)
    throw Error("not a whole WebP");
  check_size(features.width, features.height, max_pixels);
  cv::Mat image(features.height, features.width, features.has_alpha ? CV_8UC4 : CV_8UC3);
  const std::size_t size = image.total() * image.elemSize();
  const int stride = static_cast<int>(image.step[0]);
  const auto* done = features.has_alpha
                         ? WebPDecodeRGBAInto(bytes.data(), bytes.size(), image.data, size, stride)
                         : WebPDecodeRGBInto(bytes.data(), bytes.size(), image.data, size, stride);
  if (!done) throw Error("not a whole WebP: truncated or damaged");
  return image;
}

}  // namespace doppel
