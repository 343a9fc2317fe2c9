#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <opencv2/core.hpp>

#include "doppel/base/error.h"
#include "doppel/codec/image.h"
#include "doppel/codec/tiff.h"

namespace doppel {
namespace {

using TiffBytes = std::vector<unsigned char>;

void put_little(TiffBytes& to, std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to.push_back(static_cast<unsigned char>(value >> (8 * i)));
}

/// A row of whole numbers as differences from the same channel of the pixel before.
template <class T>
void put_differences(const T* row, std::size_t count, std::size_t channels, TiffBytes& to) {
  for (std::size_t i = 0; i < count; ++i)
    put_little(to, static_cast<T>(row[i] - (i < channels ? 0 : row[i - channels])), sizeof(T));
}

/// A row of floats: first the upper bytes of all numbers, then the next ones …; then differences of bytes
/// (Adobe's technical note 3).
void put_float_differences(const float* row, std::size_t count, std::size_t channels, TiffBytes& to) {
  TiffBytes bytes(4 * count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto word = std::bit_cast<std::uint32_t>(row[i]);
    for (std::size_t b = 0; b < 4; ++b)
      bytes[b * count + i] = static_cast<unsigned char>(word >> (24 - 8 * b));
  }
  for (std::size_t i = 0; i < bytes.size(); ++i)
    to.push_back(static_cast<unsigned char>(bytes[i] - (i < channels ? 0 : bytes[i - channels])));
}

TiffBytes deflated_strip(const cv::Mat& rows) {
  const auto channels = static_cast<std::size_t>(rows.channels()),
             count = static_cast<std::size_t>(rows.cols) * channels;
  TiffBytes plain;
  plain.reserve(rows.total() * rows.elemSize());
  for (int y = 0; y < rows.rows; ++y) {
    if (rows.depth() == CV_8U)
      put_differences(rows.ptr<std::uint8_t>(y), count, channels, plain);
    else if (rows.depth() == CV_16U)
      put_differences(rows.ptr<std::uint16_t>(y), count, channels, plain);
    else
      put_float_differences(rows.ptr<float>(y), count, channels, plain);
  }
  uLongf size = compressBound(plain.size());
  TiffBytes packed(size);
  if (compress(packed.data(), &size, plain.data(), plain.size()) != Z_OK) throw std::bad_alloc();
  packed.resize(size);
  return packed;
}

/// A tag's values, in numbers of 2 or 4 bytes.
struct TiffEntry {
  unsigned tag = 0;
  std::size_t size = 2;
  std::vector<std::uint32_t> values = {};
};

/// A directory at `place`; values that don't fit an entry follow behind it.
void put_directory(const std::vector<TiffEntry>& entries, std::size_t place, TiffBytes& to) {
  TiffBytes behind;
  const std::size_t behind_at = place + 2 + 12 * entries.size() + 4;
  put_little(to, entries.size(), 2);
  for (const TiffEntry& entry : entries) {
    put_little(to, entry.tag, 2);
    put_little(to, entry.size == 2 ? 3 : 4, 2);
    put_little(to, entry.values.size(), 4);
    TiffBytes values;
    for (const std::uint32_t value : entry.values) put_little(values, value, entry.size);
    if (values.size() > 4) {
      put_little(to, behind_at + behind.size(), 4);
      behind.insert(behind.end(), values.begin(), values.end());
    } else {
      values.resize(4);
      to.insert(to.end(), values.begin(), values.end());
    }
  }
  put_little(to, 0, 4);
  to.insert(to.end(), behind.begin(), behind.end());
}

std::vector<TiffEntry> entries_of(const cv::Mat& image, FourChannels four, std::uint32_t rows,
                                  std::vector<std::uint32_t> places, std::vector<std::uint32_t> sizes) {
  const auto channels = static_cast<std::uint32_t>(image.channels()),
             bits = static_cast<std::uint32_t>(8 * image.elemSize1());
  const bool rgba = channels == 4 && four == FourChannels::Rgba, floats = image.depth() == CV_32F;
  const std::uint32_t colors = channels == 3 || rgba ? 3 : 1;
  const auto each = [&](std::uint32_t value) { return std::vector<std::uint32_t>(channels, value); };
  std::vector<TiffEntry> entries{{256, 4, {static_cast<std::uint32_t>(image.cols)}},
                                 {257, 4, {static_cast<std::uint32_t>(image.rows)}},
                                 {258, 2, each(bits)},
                                 {259, 2, {8}},  // Deflate
                                 {262, 2, {colors == 3 ? 2U : 1U}},
                                 {273, 4, std::move(places)},
                                 {277, 2, {channels}},
                                 {278, 4, {rows}},
                                 {279, 4, std::move(sizes)},
                                 {284, 2, {1}},
                                 {317, 2, {floats ? 3U : 2U}}};
  if (channels > colors)
    entries.push_back({338, 2, std::vector<std::uint32_t>(channels - colors, rgba ? 2U : 0U)});
  entries.push_back({339, 2, each(floats ? 3 : 1)});
  return entries;
}

}  // namespace

std::vector<unsigned char> encode_tiff(const cv::Mat& image, FourChannels four) {
  const int depth = image.depth();
  if (image.empty() || image.channels() > kMostChannels ||
      (depth != CV_8U && depth != CV_16U && depth != CV_32F))
    throw Error(fmt::format("a TIFF is written of 1 to {} channels of CV_8U, CV_16U or CV_32F, not {} of {}",
                            kMostChannels, image.channels(), cv::depthToString(depth)));
  constexpr std::size_t kStrip = 1 << 16, kMost = 0xf0000000;
  const std::size_t row = static_cast<std::size_t>(image.cols) * image.elemSize();
  const int rows =
      static_cast<int>(std::clamp<std::size_t>(kStrip / row, 1, static_cast<std::size_t>(image.rows)));
  TiffBytes file{'I', 'I', 42, 0, 0, 0, 0, 0};
  std::vector<std::uint32_t> places, sizes;
  for (int y = 0; y < image.rows; y += rows) {
    const TiffBytes strip = deflated_strip(image.rowRange(y, std::min(y + rows, image.rows)));
    places.push_back(static_cast<std::uint32_t>(file.size()));
    sizes.push_back(static_cast<std::uint32_t>(strip.size()));
    file.insert(file.end(), strip.begin(), strip.end());
    if (file.size() > kMost) throw Error("too large an image for a TIFF");
  }
  if (file.size() % 2 == 1) file.push_back(0);
  const std::size_t place = file.size();
  for (std::size_t i = 0; i < 4; ++i) file[4 + i] = static_cast<unsigned char>(place >> (8 * i));
  put_directory(
      entries_of(image, four, static_cast<std::uint32_t>(rows), std::move(places), std::move(sizes)), place,
      file);
  return file;
}

}  // namespace doppel
