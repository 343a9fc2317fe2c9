// Maps as NumPy's .npy.
#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

namespace doppel::dataset::write {

/// Version 1 of the format: little-endian floats, [H, W] of one channel, else [H, W, C]. `values`: CV_32F.
std::vector<unsigned char> npy_of(const cv::Mat& values);

}  // namespace doppel::dataset::write
