// The ways in which boxes are written elsewhere. Inside doppel they are corners in pixels.
#pragma once

#include <array>

#include "doppel/augment/plan/sample.h"

namespace doppel::augment {

/// Pascal: x0, y0, x1, y1 in pixels. Coco: x0, y0, width, height in pixels. Yolo: centre x, centre y, width,
/// height in shares of the image. Relative: x0, y0, x1, y1 in shares.
enum class BoxFormat { Pascal, Coco, Yolo, Relative };

/// A box of four numbers in that format, of an image of that size.
Box box_from(BoxFormat format, const std::array<double, 4>& numbers, Size image, int label = -1);
/// The reverse; the numbers are not rounded.
std::array<double, 4> numbers_of(BoxFormat format, const Box& box, Size image);

}  // namespace doppel::augment
