// Convolution with a small kernel.
#pragma once

#include <opencv2/core/mat.hpp>

namespace doppel::augment {

// The result goes to `place` where it isn't empty, an image of the image's size and type that is not the
// image itself.

/// The image correlated with a float kernel of odd sides, mirrored at its edges without repeating the last
/// pixel. Bytes go by sums of 16 bits, within half a level of exact where weights are positive and sum
/// to 1, within half a level times the sum of their absolute values and a half else.
cv::Mat filtered(const cv::Mat& image, const cv::Mat& kernel, const cv::Mat& place = {});

/// The mean of size x size pixels with the same border; bytes are rounded to nearest. Boxes of bytes up to 15
/// wide by running sums, wider ones and floats by OpenCV.
cv::Mat box(const cv::Mat& image, int size, const cv::Mat& place = {});

/// A Gaussian blur with the same border: bytes in two passes of 16 bits, wider ones and floats by OpenCV.
cv::Mat gaussian(const cv::Mat& image, double sigma, const cv::Mat& place = {});

}  // namespace doppel::augment
