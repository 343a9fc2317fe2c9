// What people draw on an image, as label formats say it, and how it becomes a sample's targets.
#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>
#include <vector>

#include "doppel/augment/plan/sample.h"

namespace doppel::dataset {

struct DrawnShape {
  enum class Kind {
    Box,      ///< left, top, right, bottom, turned by `angle`
    Corners,  ///< x, y of four corners, one after another: a turned box
    Polygon,  ///< x, y of three corners or more
    Ellipse,  ///< centre x, y, half of width and height, turned by `angle`
    Line,     ///< x, y of two points or more: without an area, it has no pixels in the mask
    Point,    ///< x, y
    Bitmap    ///< left, top, width, height, and the pixels within
  };
  /// What a bitmap's pixels are packed in.
  enum class Packing {
    Png,   ///< a grey PNG in `bytes`: what isn't 0 is the object
    Runs,  ///< `runs` of background and object in turn, row by row within the rectangle
    Rgba,  ///< Label Studio's code in `bytes`, of the whole image (see brush_code.h)
  };
  Kind kind = Kind::Box;
  int label = -1;             ///< the class; of a point, which point it is
  int object = 0;             ///< shapes of one number belong to one object; 0: alone
  double angle = 0;           ///< degrees, clockwise as one sees it
  bool about_corner = false;  ///< a box is turned about its first corner, not its centre
  double visibility = 1;      ///< of a point
  std::vector<double> numbers = {};
  Packing packing = Packing::Runs;
  std::vector<unsigned char> bytes = {};
  std::vector<std::uint32_t> runs = {};
};

struct DrawnImage {
  std::string place = {};                        ///< where it is said, for messages
  Size size = {};                                ///< the image's, as it is said; 0 x 0 where it isn't
  bool in_shares = false;                        ///< shapes' numbers are shares of the sides, not pixels
  std::vector<DrawnShape> shapes = {};           ///< as they lie over each other, the upper ones last
  std::vector<augment::LabelShare> labels = {};  ///< of the image itself
};

/// The image's shapes as boxes, turned boxes, keypoints, outlines and a mask of instances, where there are
/// polygons, ellipses or bitmaps; `size`: the image's. Objects are numbered from 1. Throws Error: a damaged
/// bitmap, or a corner where no image is.
void draw_onto(const DrawnImage& image, Size size, augment::Sample& sample);

/// The rectangle that four corners are, one after another; nothing in `exact` where they are none, and the
/// smallest one around them is given.
struct FourCorners {
  augment::RotatedBox box;
  bool exact = true;
};
FourCorners rectangle_around(std::span<const double> corners);

}  // namespace doppel::dataset
