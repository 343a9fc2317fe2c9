// Volumes as NIfTI files, made for tests.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <opencv2/core.hpp>
#include <span>
#include <vector>

namespace doppel::dataset {

/// A NIfTI 1 of CV_8U or CV_32F slices of the same size.
inline std::vector<unsigned char> nifti_of(const std::vector<cv::Mat>& slices) {
  constexpr std::size_t kPixels = 352;
  std::vector<unsigned char> bytes(kPixels);
  const auto put = [&](std::size_t at, auto number) { std::memcpy(&bytes[at], &number, sizeof number); };
  put(0, std::int32_t{348});
  const bool floats = slices.at(0).depth() == CV_32F;
  const std::vector<std::int16_t> dims{3, static_cast<std::int16_t>(slices[0].cols),
                                       static_cast<std::int16_t>(slices[0].rows),
                                       static_cast<std::int16_t>(slices.size())};
  for (std::size_t i = 0; i < dims.size(); ++i) put(40 + 2 * i, dims[i]);
  put(70, static_cast<std::int16_t>(floats ? 16 : 2));
  put(72, static_cast<std::int16_t>(floats ? 32 : 8));
  put(108, static_cast<float>(kPixels));
  std::memcpy(&bytes[344], "n+1", 4);
  for (const cv::Mat& slice : slices)
    bytes.insert(bytes.end(), slice.data, slice.data + slice.total() * slice.elemSize());
  return bytes;
}

/// Packed as gzip has it.
inline std::vector<unsigned char> gzip_of(std::span<const unsigned char> bytes) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::vector<unsigned char> packed(deflateBound(&stream, bytes.size()));
  stream.next_in = const_cast<unsigned char*>(bytes.data());
  stream.avail_in = static_cast<unsigned>(bytes.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<unsigned>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// Of slices that are k, 10 + k, 20 + k … everywhere but for a column of 1 at their left side.
inline std::vector<unsigned char> volume_of(int slices, int k, int type = CV_8UC1) {
  std::vector<cv::Mat> all;
  for (int i = 0; i < slices; ++i) {
    all.emplace_back(6, 8, type, cv::Scalar(10 * i + k));
    all.back().col(0) = cv::Scalar(1);
  }
  return nifti_of(all);
}

}  // namespace doppel::dataset
