// Where what is in a mask ends.
#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

namespace doppel::apps {

/// Around what isn't 0 in an 8-bit mask: corners in pixels, along the pixels' own edges, clockwise as one
/// sees them; around holes the other way round. Pixels that touch by a corner alone are apart. Stairs are
/// drawn straight where that moves no edge by a pixel. At most `most` of them.
std::vector<std::vector<cv::Point>> mask_outlines(const cv::Mat& mask, std::size_t most);

}  // namespace doppel::apps
