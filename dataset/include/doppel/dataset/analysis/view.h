// How people look at images that no screen shows as they are.
#pragma once

#include <array>
#include <opencv2/core/mat.hpp>
#include <span>

namespace doppel::dataset {

/// What of an image is shown, and which of its numbers are black and white.
struct View {
  std::array<int, 3> bands{0, 1, 2};  ///< channels that are shown as red, green and blue
  bool grey = false;                  ///< the first of them alone
  double low = 0;                     ///< of the image's numbers, what is black
  double high = 255;                  ///< what is white
};

/// Of an image of 8 bits, all its range; else from what a two-hundredth of its numbers are below to what as
/// many are above. Grey is shown as grey, RGB and RGBA in their colours, of bands those that `rgb` names
/// (three of them that the image has), or else the first three, or the first where there are two.
View view_of(const cv::Mat& image, std::span<const int> rgb = {});

/// The image as one sees it: CV_8U, 1 or 3 channels, transparency left out. Throws Error where it doesn't
/// have the view's bands.
cv::Mat seen(const cv::Mat& image, const View& view);

}  // namespace doppel::dataset
