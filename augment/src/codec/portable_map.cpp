#include "doppel/codec/portable_map.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "image_size.h"
#include "portable_map_header.h"

namespace doppel {
namespace {

/// The header's numbers; '#' begins a comment, up to the end of its line.
class HeaderText {
 public:
  explicit HeaderText(std::span<const unsigned char> bytes) : bytes_(bytes) {}
  long number() {
    while (is_space() || byte() == '#')
      if (bytes_[at_++] == '#')
        while (byte() != '\n' && at_ < bytes_.size()) ++at_;
    long value = 0;
    const std::size_t first = at_;
    for (; byte() >= '0' && byte() <= '9' && value < 100'000'000; ++at_) value = value * 10 + (byte() - '0');
    if (at_ == first) throw Error("not a PGM or PPM: a number is missing in its header");
    return value;
  }
  /// Where the pixels begin: after one white space.
  std::size_t end() const {
    if (!is_space()) throw Error("not a PGM or PPM: no space after its header");
    return at_ + 1;
  }

 private:
  int byte() const { return at_ < bytes_.size() ? bytes_[at_] : -1; }
  bool is_space() const { return byte() == ' ' || (byte() >= 9 && byte() <= 13); }
  std::span<const unsigned char> bytes_;
  std::size_t at_ = 2;
};

}  // namespace

PortableMapHeader portable_map_header(std::span<const unsigned char> bytes, long max_pixels) {
  HeaderText text(bytes);
  const long width = text.number(), height = text.number(), most = text.number();
  check_size(width, height, max_pixels);
  if (most < 1 || most > 65535) throw Error(fmt::format("a PGM or PPM whose largest number is {}", most));
  return {.size = {static_cast<int>(width), static_cast<int>(height)},
          .channels = bytes[1] == '5' ? 1 : 3,
          .most = most,
          .pixels = text.end()};
}

cv::Mat portable_map(std::span<const unsigned char> bytes, long max_pixels) {
  const auto [size, channels, most, begin] = portable_map_header(bytes, max_pixels);
  const std::size_t count = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) *
                            static_cast<std::size_t>(channels),
                    taken = count * (most > 255 ? 2 : 1);
  if (bytes.size() < begin || bytes.size() - begin < taken)
    throw Error(fmt::format("a PGM or PPM of {}x{} whose pixels aren't all there", size.width, size.height));
  auto* pixels = const_cast<unsigned char*>(bytes.data()) + begin;
  if (most == 255) return {size, CV_8UC(channels), pixels};
  cv::Mat image(size, CV_8UC(channels));
  for (std::size_t i = 0; i < count; ++i) {
    const long value = most > 255 ? pixels[2 * i] << 8 | pixels[2 * i + 1] : pixels[i];
    image.data[i] = static_cast<unsigned char>((std::min(value, most) * 255 + most / 2) / most);
  }
  return image;
}

}  // namespace doppel
