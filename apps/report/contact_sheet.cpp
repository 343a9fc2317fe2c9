#include "contact_sheet.h"

#include <algorithm>
#include <bit>

#include <opencv2/core.hpp>

namespace doppel::apps {
namespace {

float number_at(const dataset::Tensor& floats, std::size_t at) {
  if (floats.type() == dataset::DType::F32) return floats.values<float>()[at];
  const std::uint16_t bits = floats.values<std::uint16_t>()[at];
  if (floats.type() == dataset::DType::F16) return static_cast<float>(cv::float16_t::fromBits(bits));
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace

cv::Mat contact_sheet(const dataset::Batch& batch, const dataset::LoaderOptions& options, int columns,
                      int most, std::span<const float> band_mean, std::span<const float> band_std) {
  const bool planes = options.layout == augment::Layout::CHW;
  const auto& s = batch.images.shape();
  const int c = static_cast<int>(planes ? s[1] : s[3]);
  const int h = static_cast<int>(planes ? s[2] : s[1]), w = static_cast<int>(planes ? s[3] : s[2]);
  const std::span<const float> mean = band_mean.empty() ? std::span<const float>(options.mean) : band_mean,
                               std = band_std.empty() ? std::span<const float>(options.std) : band_std;
  const int count = std::min(most, static_cast<int>(batch.size())), rows = (count + columns - 1) / columns;
  cv::Mat sheet(std::max(1, rows) * (h + 2), columns * (w + 2), CV_8UC(c < 3 ? 1 : 3), cv::Scalar::all(255));
  for (int i = 0; i < count; ++i)
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x)
        for (int k = 0; k < sheet.channels(); ++k) {
          const std::size_t at = static_cast<std::size_t>(i) * c * h * w +
                                 (planes ? (static_cast<std::size_t>(k) * h + y) * w + x
                                         : (static_cast<std::size_t>(y) * w + x) * c + k);
          const auto channel = static_cast<std::size_t>(k);
          const float v = batch.images.type() == dataset::DType::U8
                              ? batch.images.values<unsigned char>()[at] / 255.F
                          : batch.images.type() == dataset::DType::U16
                              ? batch.images.values<std::uint16_t>()[at] / 65535.F
                              : number_at(batch.images, at) * std[channel] + mean[channel];
          sheet.ptr(i / columns * (h + 2) + 1 + y)[(i % columns * (w + 2) + 1 + x) * sheet.channels() + k] =
              static_cast<unsigned char>(std::clamp(v, 0.F, 1.F) * 255 + 0.5F);
        }
  return sheet;
}

}  // namespace doppel::apps
