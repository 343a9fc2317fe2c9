// Where an image draws the eye, for crops that must keep something without being told what.
#pragma once

#include <opencv2/core/mat.hpp>

namespace doppel::augment {

/// The bounding rectangle of what is salient: spectral residual (Hou and Zhang 2007) on a copy of 64 pixels,
/// thresholded at the mean plus one deviation, the larger parts kept. The whole image where nothing stands
/// out.
cv::Rect salient_region(const cv::Mat& image);

}  // namespace doppel::augment
