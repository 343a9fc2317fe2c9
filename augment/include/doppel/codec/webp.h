// WebP: images, with loss.
#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

namespace doppel {

/// Encodes 8-bit grey, RGB or RGBA at `quality` 1 to 100; grey becomes RGB. Throws Error for a side above
/// 16383.
std::vector<unsigned char> encode_webp(const cv::Mat& image, int quality);

}  // namespace doppel
