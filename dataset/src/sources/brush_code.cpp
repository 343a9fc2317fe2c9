#include "brush_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <opencv2/core.hpp>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

class BrushBits {
 public:
  explicit BrushBits(std::span<const unsigned char> bytes) : bytes_(bytes) {}
  /// The next bits, the most significant first.
  std::uint32_t next(int count) {
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i, ++at_) {
      if (at_ / 8 >= bytes_.size()) throw Error("a brush's code that ends early");
      value = value << 1U | (bytes_[at_ / 8] >> (7 - at_ % 8) & 1U);
    }
    return value;
  }

 private:
  std::span<const unsigned char> bytes_;
  std::size_t at_ = 0;
};

}  // namespace

cv::Mat brush_alpha(std::span<const unsigned char> code, Size size) {
  BrushBits bits(code);
  const std::size_t all = bits.next(32),
                    pixels = static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width);
  if (all != 4 * pixels)
    throw Error(fmt::format("a brush's code of {} bytes, where an image of {} x {} has {}", all, size.width,
                            size.height, 4 * pixels));
  const int word = static_cast<int>(bits.next(5)) + 1;
  std::array<int, 4> lengths{};
  for (int& length : lengths) length = static_cast<int>(bits.next(4)) + 1;
  cv::Mat alpha(size.height, size.width, CV_8U, cv::Scalar(0));
  const auto put = [&](std::size_t at, std::uint32_t value) {
    if (at % 4 == 3) alpha.data[at / 4] = static_cast<unsigned char>(value);
  };
  for (std::size_t at = 0; at < all;) {
    const bool repeated = bits.next(1) != 0;
    const std::size_t end = at + 1 + bits.next(lengths[bits.next(2)]);
    if (end > all) throw Error("a brush's code that runs beyond its image");
    if (repeated)
      for (const std::uint32_t value = bits.next(word); at < end; ++at) put(at, value);
    else
      for (; at < end; ++at) put(at, bits.next(word));
  }
  return alpha;
}

}  // namespace doppel::dataset
