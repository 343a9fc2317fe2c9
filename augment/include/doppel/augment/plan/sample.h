// What a data set yields and a recipe changes: pixels and everything that is said about them.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "doppel/base/fields.h"

namespace doppel::augment {

/// An upright box around an object, in pixels of continuous coordinates: pixel i covers [i, i + 1).
struct Box {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  int label = -1;         ///< the object's class; -1 where none is known
  double visibility = 1;  ///< share of the object at first that is still seen, in [0, 1]
  int instance = -1;      ///< binds box, keypoints and mask of one object; -1: bound to nothing
  friend bool operator==(const Box&, const Box&) = default;
};

/// A turned rectangle around an object: centre, sides, and the counter-clockwise angle of its width in
/// degrees.
struct RotatedBox {
  double x = 0, y = 0, width = 0, height = 0, angle = 0;
  int label = -1;
  double visibility = 1;
  int instance = -1;
  friend bool operator==(const RotatedBox&, const RotatedBox&) = default;
};

/// A point of interest, in the same coordinates as boxes.
struct Keypoint {
  double x = 0, y = 0;
  double angle = 0;       ///< degrees, counter-clockwise as one sees it
  double scale = 1;       ///< grows with the picture
  int label = -1;         ///< which point it is (left eye, right eye …)
  double visibility = 1;  ///< 0 where it is outside or covered
  int instance = -1;      ///< as Box::instance
  friend bool operator==(const Keypoint&, const Keypoint&) = default;
};

/// One class's share of a picture's label.
struct LabelShare {
  int label = -1;
  double share = 1;
  friend bool operator==(const LabelShare&, const LabelShare&) = default;
};

/// One training example. A plain aggregate: owns or shares its pixels as cv::Mat does.
struct Sample {
  cv::Mat image;               ///< RGB order, CV_8U or CV_32F (in [0, 1]), 1, 3 or 4 channels
  std::vector<cv::Mat> masks;  ///< each as large as the image, CV_8U (or CV_32S), one channel
  std::vector<Box> boxes;
  std::vector<Keypoint> keypoints;
  int label = -1;  ///< the picture's class; -1 where none is known
  std::vector<RotatedBox> rotated_boxes = {};
  std::vector<LabelShare> label_shares = {};  ///< after mixing: several classes, shares sum to 1; else empty
  int instance_mask = -1;                     ///< which mask holds Box::instance numbers, if any
};

inline Size size_of(const cv::Mat& image) { return {image.rows, image.cols}; }

}  // namespace doppel::augment
