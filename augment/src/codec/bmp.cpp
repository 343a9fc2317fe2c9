#include "bmp.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <opencv2/core.hpp>

#include "image_size.h"
#include "numbers.h"

namespace doppel {
namespace {

using Bytes = std::span<const unsigned char>;
using Packing = BmpForm::Packing;

constexpr std::size_t kFileHeader = 14, kOldHeader = 12;  // bytes; OS/2's first header is the old one

std::uint32_t bmp_number(Bytes b, std::size_t at, std::size_t count) {
  return number_at(b, at, count, ByteOrder::Little);
}

Packing packing_of(std::uint32_t compression, int bits) {
  if (compression == 0) return bits == 16 || bits == 32 ? Packing::Masks : Packing::Plain;
  if (compression == 1 && bits == 8) return Packing::RunLength8;
  if (compression == 2 && bits == 4) return Packing::RunLength4;
  if ((compression == 3 || compression == 6) && (bits == 16 || bits == 32)) return Packing::Masks;
  throw Error(fmt::format("a BMP of {} bits packed by method {}, which isn't read", bits, compression));
}

/// Which bits of a pixel each colour has: said after the header's first 40 bytes, or the usual ones.
std::array<std::uint32_t, 4> masks_of(Bytes b, std::uint32_t header, std::uint32_t compression, int bits) {
  if (compression == 0)
    return bits == 16 ? std::array<std::uint32_t, 4>{0x7c00, 0x3e0, 0x1f, 0}
                      : std::array<std::uint32_t, 4>{0xff0000, 0xff00, 0xff, 0};
  const bool alpha = header >= 56 || compression == 6;
  return {bmp_number(b, 54, 4), bmp_number(b, 58, 4), bmp_number(b, 62, 4), alpha ? bmp_number(b, 66, 4) : 0};
}

/// Colours that aren't there are black.
std::vector<cv::Vec3b> palette_of(Bytes b, std::size_t at, std::size_t entry, std::size_t used, int bits) {
  std::vector<cv::Vec3b> palette(std::size_t{1} << bits);
  used = std::min(used == 0 ? palette.size() : used, palette.size());
  if (at > b.size() || used * entry > b.size() - at) throw Error("not a whole BMP: its palette is cut off");
  for (std::size_t i = 0; i < used; ++i) {
    const unsigned char* color = b.data() + at + i * entry;
    palette[i] = {color[2], color[1], color[0]};
  }
  return palette;
}

bool is_grey(const std::vector<cv::Vec3b>& palette) {
  return std::ranges::all_of(palette, [](const cv::Vec3b& c) { return c[0] == c[1] && c[1] == c[2]; });
}

/// A number of `most` + 1 values as one of 256, rounded.
unsigned char scaled(std::uint64_t value, std::uint64_t most) {
  return most == 0 ? 0 : static_cast<unsigned char>((2 * 255 * value + most) / (2 * most));
}

/// One of a pixel's colours.
class Channel {
 public:
  explicit Channel(std::uint32_t mask)
      : mask_(mask), shift_(mask == 0 ? 0 : std::countr_zero(mask)), most_(mask >> shift_) {
    for (std::uint32_t v = 0; v <= most_ && v < table_.size(); ++v) table_[v] = scaled(v, most_);
  }
  unsigned char operator()(std::uint32_t pixel) const {
    const std::uint32_t value = (pixel & mask_) >> shift_;
    return value < table_.size() ? table_[value] : scaled(value, most_);
  }

 private:
  std::uint32_t mask_;
  int shift_;
  std::uint32_t most_;
  std::array<unsigned char, 256> table_{};
};

void put_color(unsigned char* out, const cv::Vec3b& color, int channels) {
  for (int c = 0; c < channels; ++c) out[c] = color[c];
}

/// A row of numbers of the palette's colours, high bits first.
void unpack_numbers(const unsigned char* row, const BmpForm& form, unsigned char* out, int channels) {
  const int most = (1 << form.bits) - 1;
  for (int x = 0; x < form.size.width; ++x, out += channels) {
    const int at = x * form.bits, number = (row[at / 8] >> (8 - form.bits - at % 8)) & most;
    put_color(out, form.palette[static_cast<std::size_t>(number)], channels);
  }
}

void unpack_masked(Bytes row, const BmpForm& form, const std::array<Channel, 4>& colors, unsigned char* out,
                   int channels) {
  const auto size = static_cast<std::size_t>(form.bits / 8);
  for (int x = 0; x < form.size.width; ++x) {
    const std::uint32_t pixel = bmp_number(row, static_cast<std::size_t>(x) * size, size);
    for (int c = 0; c < channels; ++c) *out++ = colors[static_cast<std::size_t>(c)](pixel);
  }
}

/// Rows of their own bytes, each filled up to four.
void unpack_rows(Bytes pixels, const BmpForm& form, cv::Mat& image) {
  const std::size_t bits = static_cast<std::size_t>(form.size.width) * static_cast<std::size_t>(form.bits),
                    needed = (bits + 7) / 8, stride = (bits + 31) / 32 * 4;
  const int channels = image.channels();
  const std::array<Channel, 4> colors{Channel(form.masks[0]), Channel(form.masks[1]), Channel(form.masks[2]),
                                      Channel(form.masks[3])};
  for (int i = 0; i < form.size.height; ++i) {
    const std::size_t at = static_cast<std::size_t>(i) * stride;
    if (at > pixels.size() || needed > pixels.size() - at)
      throw Error("not a whole BMP: its pixels aren't all there");
    const Bytes row = pixels.subspan(at, needed);
    unsigned char* out = image.ptr(form.from_top ? i : form.size.height - 1 - i);
    if (form.packing == Packing::Masks) {
      unpack_masked(row, form, colors, out, channels);
    } else if (form.bits == 24) {
      for (std::size_t k = 0; k < needed; k += 3, out += 3)
        out[0] = row[k + 2], out[1] = row[k + 1], out[2] = row[k];
    } else {
      unpack_numbers(row.data(), form, out, channels);
    }
  }
}

/// Puts numbers where runs say; what no run reaches keeps number 0, as in Windows.
class RunWriter {
 public:
  RunWriter(const BmpForm& form, cv::Mat& image) : form_(form), image_(image) {
    for (int y = 0; y < image.rows; ++y)
      for (int x = 0; x < image.cols; ++x) put_color(image.ptr(y, x), form.palette.front(), image.channels());
  }
  void put(unsigned number) {
    if (x_ >= image_.cols || y_ >= image_.rows) return;
    const int row = form_.from_top ? y_ : image_.rows - 1 - y_;
    put_color(image_.ptr(row, x_++), form_.palette[number], image_.channels());
  }
  void next_row() { x_ = 0, ++y_; }
  void move(int right, int on) {
    x_ = std::min(x_ + right, image_.cols), y_ = std::min(y_ + on, image_.rows);
  }
  bool is_full() const { return y_ >= image_.rows || (y_ == image_.rows - 1 && x_ >= image_.cols); }

 private:
  const BmpForm& form_;
  cv::Mat& image_;
  int x_ = 0, y_ = 0;
};

void unpack_runs(Bytes pixels, const BmpForm& form, cv::Mat& image) {
  RunWriter out(form, image);
  const bool halves = form.packing == Packing::RunLength4;
  const auto put = [&](unsigned byte, unsigned k) {
    out.put(!halves ? byte : k % 2 == 0 ? byte >> 4 : byte & 15);
  };
  for (std::size_t at = 0; at + 2 <= pixels.size();) {
    const unsigned count = pixels[at], what = pixels[at + 1];
    at += 2;
    if (count > 0) {  // the same number, or two in turns
      for (unsigned k = 0; k < count; ++k) put(what, k);
    } else if (what == 0) {
      out.next_row();
    } else if (what == 1) {
      return;
    } else if (what == 2) {
      if (at + 2 > pixels.size()) break;
      out.move(pixels[at], pixels[at + 1]);
      at += 2;
    } else {  // so many numbers as they are, filled up to two bytes
      const std::size_t size = halves ? (what + 1) / 2 : what;
      if (size > pixels.size() - at) break;
      for (unsigned k = 0; k < what; ++k) put(pixels[at + (halves ? k / 2 : k)], k);
      at += size + size % 2;
    }
  }
  if (!out.is_full()) throw Error("not a whole BMP: its pixels aren't all there");
}

/// Windows itself writes alpha that is 0 throughout where it means none.
void mend_empty_alpha(cv::Mat& image) {
  for (int y = 0; y < image.rows; ++y)
    for (int x = 0; x < image.cols; ++x)
      if (image.at<cv::Vec4b>(y, x)[3] != 0) return;
  for (int y = 0; y < image.rows; ++y)
    for (int x = 0; x < image.cols; ++x) image.at<cv::Vec4b>(y, x)[3] = 255;
}

}  // namespace

int BmpForm::channels() const {
  if (has_alpha()) return 4;
  return !palette.empty() && is_grey(palette) ? 1 : 3;
}

int BmpForm::bits_of_a_channel() const {
  if (packing != Packing::Masks) return 8;
  return std::max({std::popcount(masks[0]), std::popcount(masks[1]), std::popcount(masks[2])});
}

BmpForm bmp_form(Bytes b, long max_pixels) {
  const std::uint32_t header = bmp_number(b, kFileHeader, 4);
  const bool old = header == kOldHeader;
  if (!old && (header < 16 || header > 1024)) throw Error("a BMP whose header makes no sense");
  if (b.size() < kFileHeader + header) throw Error("not a whole BMP: its header is cut off");
  const auto side = [&](std::size_t at) {
    return old ? long{bmp_number(b, 18 + at / 2, 2)}
               : long{static_cast<std::int32_t>(bmp_number(b, 18 + at, 4))};
  };
  const long width = side(0), height = side(4);
  check_size(width, std::abs(height), max_pixels);
  const int bits = static_cast<int>(bmp_number(b, old ? 24 : 28, 2));
  if (bits != 1 && bits != 2 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32)
    throw Error(fmt::format("a BMP of {} bits a pixel", bits));
  // OS/2's second header may end after the first 16 bytes.
  const std::uint32_t compression = header >= 40 ? bmp_number(b, 30, 4) : 0,
                      used = header >= 40 ? bmp_number(b, 46, 4) : 0;
  BmpForm form{.size = {static_cast<int>(width), static_cast<int>(std::abs(height))},
               .from_top = height < 0,
               .bits = bits,
               .packing = packing_of(compression, bits),
               .palette = {},
               .pixels = bmp_number(b, 10, 4)};
  std::size_t after = kFileHeader + header;
  if (form.packing == Packing::Masks) {
    form.masks = masks_of(b, header, compression, bits);
    if (compression != 0 && (form.masks[0] | form.masks[1] | form.masks[2]) == 0)
      throw Error("a BMP whose colours have no bits");
    if (header == 40 && compression != 0) after += compression == 6 ? 16 : 12;
  }
  if (bits <= 8) {
    form.palette = palette_of(b, after, old ? 3 : 4, used, bits);
    after +=
        std::min<std::size_t>(used == 0 ? form.palette.size() : used, form.palette.size()) * (old ? 3 : 4);
  }
  if (form.pixels < kFileHeader + header) form.pixels = after;
  return form;
}

cv::Mat decode_bmp(Bytes bytes, long max_pixels) {
  const BmpForm form = bmp_form(bytes, max_pixels);
  if (form.pixels >= bytes.size()) throw Error("not a whole BMP: its pixels aren't all there");
  cv::Mat image(form.size, CV_8UC(form.channels()));
  const Bytes pixels = bytes.subspan(form.pixels);
  if (form.packing == Packing::RunLength8 || form.packing == Packing::RunLength4)
    unpack_runs(pixels, form, image);
  else
    unpack_rows(pixels, form, image);
  if (form.has_alpha()) mend_empty_alpha(image);
  return image;
}

}  // namespace doppel
