// How COCO's own tools fill a polygon (rleFrPoly of pycocotools), to the pixel.
//
// Corners are rounded to fifths of a pixel. Each edge is traced through these from corner to corner, one step
// at a time along its longer axis. Where the trace goes from fifth 5c + 2 to 5c + 3 or back, it passes the
// centre of column c; the row that it passes it in begins or ends a run of pixels of that column.
#pragma once

#include <cmath>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <span>

namespace doppel::dataset {

[[noreturn]] void no_polygon_corner(double coordinate);
/// A coordinate in pixels as fifths, rounded as the reference does. Throws Error where it is no place near an
/// image (10^8 pixels).
inline std::int32_t polygon_corner(double coordinate) {
  constexpr double kFarthest = 1e8;
  if (!(std::abs(coordinate) <= kFarthest)) no_polygon_corner(coordinate);
  return static_cast<std::int32_t>(5 * coordinate + 0.5);
}

/// Sets a polygon's pixels of `mask` (CV_32S) to `value`; `corners`: x, y, x, y … in fifths. Returns the box
/// of those pixels, empty where there are none. Work is bounded by edges times columns, whatever the corners.
cv::Rect paint_polygon(std::span<const std::int32_t> corners, int value, cv::Mat& mask);

}  // namespace doppel::dataset
