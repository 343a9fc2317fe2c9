// Polygons as COCO's own rasteriser fills them (pycocotools), pixel for pixel.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

namespace doppel::dataset {

/// Sets the pixels of an object of several polygons, x and y in turn, to `value` in a mask (CV_32S): the
/// union of all. A polygon of fewer than three corners has none. Corners are rounded to fifths of a pixel; a
/// pixel is inside where the middle of its column crosses the outline an odd number of times above it. Throws
/// Error for coordinates so far outside that walking along them would take for ever.
void paint_polygons(const std::vector<std::vector<double>>& polygons, int value, cv::Mat& mask);

}  // namespace doppel::dataset
