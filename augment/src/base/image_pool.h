// Images that are used again: no memory is taken from the system once a thread has rendered a few images.
#pragma once

#include <opencv2/core/mat.hpp>

namespace doppel {

/// An image of the given size and type with undefined content. Its memory is this thread's and comes back to
/// it when the last cv::Mat that shares it goes; at most a few images are kept.
cv::Mat pooled_image(int rows, int cols, int type);

/// The same of another image's size.
cv::Mat pooled_like(const cv::Mat& image, int type);
cv::Mat pooled_zeros(int rows, int cols, int type);
/// With the other image's pixels.
cv::Mat pooled_copy(const cv::Mat& image);
/// Numbers from 0 to 1, whatever the other holds.
cv::Mat pooled_floats(const cv::Mat& image);

/// The same pixels without knowledge of an image around them: OpenCV's filters would read beyond the edge.
cv::Mat detached(const cv::Mat& image);

}  // namespace doppel
