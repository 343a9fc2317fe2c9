// What CIFAR's binary and Python files share.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <opencv2/core.hpp>
#include <vector>

#include "doppel/base/error.h"

namespace doppel::dataset {

constexpr int kCifarSide = 32, kCifarBatches = 5;
constexpr std::size_t kCifarPlane = std::size_t{kCifarSide} * kCifarSide, kCifarPixels = 3 * kCifarPlane;

/// [H, W, 3] from three planes.
inline cv::Mat cifar_image(const unsigned char* planes) {
  cv::Mat image(kCifarSide, kCifarSide, CV_8UC3);
  unsigned char* out = image.data;
  for (std::size_t i = 0; i < kCifarPlane; ++i)
    for (std::size_t c = 0; c < 3; ++c) out[3 * i + c] = planes[c * kCifarPlane + i];
  return image;
}

/// data_batch_1 to data_batch_5, with an ending. Throws Error where one is missing: the rest is no training
/// set.
inline std::vector<std::filesystem::path> cifar_batches(const std::filesystem::path& folder,
                                                        const char* ending) {
  std::vector<std::filesystem::path> files;
  for (int k = 1; k <= kCifarBatches; ++k) {
    files.push_back(folder / fmt::format("data_batch_{}{}", k, ending));
    if (!std::filesystem::exists(files.back()))
      throw Error(fmt::format("{} is missing: CIFAR-10's training images are {} files", files.back().string(),
                              kCifarBatches));
  }
  return files;
}

/// True where a folder has any of them.
inline bool has_cifar_batch(const std::filesystem::path& folder, const char* ending) {
  for (int k = 1; k <= kCifarBatches; ++k)
    if (std::filesystem::exists(folder / fmt::format("data_batch_{}{}", k, ending))) return true;
  return false;
}

}  // namespace doppel::dataset
