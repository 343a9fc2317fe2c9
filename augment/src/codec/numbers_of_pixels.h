// What decoders have in common that give more than 8 bits, or other channels than grey and colours.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string_view>

namespace doppel {

/// RGBA from grey with alpha, of any depth.
cv::Mat rgba_of_grey_alpha(const cv::Mat& two);

/// CV_16U of whole numbers whose largest possible is `most`, scaled so that it becomes 65535, rounded.
cv::Mat scaled_to_16(const cv::Mat& numbers, unsigned most);

/// The upper 8 bits of CV_16U.
cv::Mat upper_bytes(const cv::Mat& wide);

/// Throws Error where an image of these channels and this depth isn't grey, RGB or RGBA of whole numbers,
/// which is what 8 bits hold; it says how to ask for all. `name`: "TIFF".
void check_eight(std::string_view name, int channels, bool has_alpha, int depth);

/// Throws Error where a float is none (NaN) or infinite, with the first such place.
void check_finite(const cv::Mat& image);

/// Throws Error unless there is a frame of this number. `name`: "TIFF".
void check_frame(std::string_view name, int frame, int frames);

}  // namespace doppel
