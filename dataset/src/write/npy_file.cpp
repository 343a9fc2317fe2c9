#include "npy_file.h"

#include <fmt/format.h>

#include <bit>

namespace doppel::dataset::write {

static_assert(std::endian::native == std::endian::little);

std::vector<unsigned char> npy_of(const cv::Mat& values) {
  const std::string channels = values.channels() == 1 ? "" : fmt::format(", {}", values.channels());
  std::string head = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}{}), }}",
                                 values.rows, values.cols, channels);
  // Numbers begin at a multiple of 64 bytes; the dictionary ends in a new line.
  constexpr std::size_t kMagic = 10, kAligned = 64;
  head.append((2 * kAligned - 1 - (kMagic + head.size()) % kAligned) % kAligned, ' ');
  head += '\n';
  std::vector<unsigned char> file{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  file.push_back(static_cast<unsigned char>(head.size() & 255));
  file.push_back(static_cast<unsigned char>(head.size() >> 8));
  file.insert(file.end(), head.begin(), head.end());
  const std::size_t row = static_cast<std::size_t>(values.cols) * values.elemSize();
  file.reserve(file.size() + row * static_cast<std::size_t>(values.rows));
  for (int y = 0; y < values.rows; ++y) file.insert(file.end(), values.ptr(y), values.ptr(y) + row);
  return file;
}

}  // namespace doppel::dataset::write
