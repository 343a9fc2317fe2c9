#include <fmt/format.h>
#include <webp/encode.h>

#include "doppel/base/error.h"
#include "doppel/codec/image.h"
#include "doppel/codec/webp.h"

namespace doppel {

std::vector<unsigned char> encode_webp(const cv::Mat& image, int quality) {
  const cv::Mat colour = image.channels() == 1 ? with_channels(image, 3) : image;
  const auto encode = colour.channels() == 4 ? WebPEncodeRGBA : WebPEncodeRGB;
  std::uint8_t* bytes = nullptr;
  const std::size_t size = encode(colour.ptr(), colour.cols, colour.rows, static_cast<int>(colour.step[0]),
                                  static_cast<float>(quality), &bytes);
  if (size == 0)
    throw Error(fmt::format("WebP can't hold an image of {}x{} (width x height; at most 16383 a side)",
                            image.cols, image.rows));
  std::vector<unsigned char> encoded(bytes, bytes + size);
  WebPFree(bytes);
  return encoded;
}

}  // namespace doppel
