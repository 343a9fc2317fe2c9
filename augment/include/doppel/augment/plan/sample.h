// What a data set yields and a recipe changes: pixels and everything that is said about them.
#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <string>
#include <variant>
#include <vector>

#include "doppel/augment/plan/float_map.h"
#include "doppel/base/fields.h"

namespace doppel::augment {

/// An upright box around an object, in pixels of continuous coordinates: pixel i covers [i, i + 1).
struct Box {
  double x0 = 0;          ///< left edge, pixels
  double y0 = 0;          ///< upper edge, pixels
  double x1 = 0;          ///< right edge, pixels
  double y1 = 0;          ///< lower edge, pixels
  int label = -1;         ///< the object's class; -1 where none is known
  double visibility = 1;  ///< share of the object at first that is still seen, in [0, 1]
  int instance = -1;      ///< binds box, keypoints and mask of one object; -1: bound to nothing
  friend bool operator==(const Box&, const Box&) = default;
};

/// A turned rectangle around an object: centre, sides, and the counter-clockwise angle of its width in
/// degrees.
struct RotatedBox {
  double x = 0;           ///< of the centre, pixels
  double y = 0;           ///< of the centre, pixels
  double width = 0;       ///< of the side along `angle`, pixels
  double height = 0;      ///< of the other side, pixels
  double angle = 0;       ///< degrees, counter-clockwise as one sees it
  int label = -1;         ///< as Box::label
  double visibility = 1;  ///< as Box::visibility
  int instance = -1;      ///< as Box::instance
  friend bool operator==(const RotatedBox&, const RotatedBox&) = default;
};

/// A point of interest, in the same coordinates as boxes.
struct Keypoint {
  double x = 0;           ///< pixels
  double y = 0;           ///< pixels
  double angle = 0;       ///< degrees, counter-clockwise as one sees it
  double scale = 1;       ///< grows with the image
  int label = -1;         ///< which point it is (left eye, right eye …)
  double visibility = 1;  ///< 0 where it is outside or covered
  int instance = -1;      ///< as Box::instance
  friend bool operator==(const Keypoint&, const Keypoint&) = default;
};

/// A polygon around (a part of) an object, or a line along one. Where the image is cut, so is it, exactly: a
/// polygon or a line may leave several pieces, each an Outline of its own.
struct Outline {
  std::vector<Point> points;  ///< corners in order, in the same coordinates as boxes; of a polygon the last
                              ///< is joined to the first
  bool closed = true;         ///< a polygon of three points or more; else a line of two or more
  int label = -1;             ///< as Box::label
  int instance = -1;          ///< as Box::instance; pieces of one object share it
  friend bool operator==(const Outline&, const Outline&) = default;
};

/// How much of a class is in an image.
struct LabelShare {
  int label = -1;    ///< the class; -1 where none is known
  double share = 1;  ///< 0 to 1; 0: it's known not to be there
  friend bool operator==(const LabelShare&, const LabelShare&) = default;
};

/// What else is said of a sample, by name; nothing here reads or changes it.
struct NamedValue {
  std::string name;                                                                 ///< as a table's column
  std::variant<std::string, std::int64_t, double, std::vector<double>> value = {};  ///< what it says
  friend bool operator==(const NamedValue&, const NamedValue&) = default;
};

/// One training example. A plain aggregate: owns or shares its pixels as cv::Mat does.
struct Sample {
  cv::Mat image;                               ///< RGB order, CV_8U or CV_32F (in [0, 1]), 1, 3 or 4 channels
  std::vector<cv::Mat> masks;                  ///< each as large as the image, CV_8U (or CV_32S), one channel
  std::vector<Box> boxes;                      ///< upright boxes of objects
  std::vector<Keypoint> keypoints;             ///< of all objects; Keypoint::instance says whose
  int label = -1;                              ///< the image's class; -1 where it has none, or none is known
  std::vector<RotatedBox> rotated_boxes = {};  ///< turned boxes of further objects
  /// Of several classes. Their sum is 1 where classes exclude each other, as after a mixture; labels that
  /// don't are 1 each, and one share of 0 alone says that none of the classes is there. Empty: `label` says
  /// it all.
  std::vector<LabelShare> label_shares = {};
  int instance_mask = -1;  ///< which mask holds Box::instance numbers, if any
  /// What is to be told of the image: an age, an angle. Transforms leave them; a mixture has the mean of both
  /// by their shares.
  std::vector<double> numbers = {};
  double weight = 1;                    ///< how much the sample counts in a loss, 0 or more
  std::vector<NamedValue> fields = {};  ///< what else is said; passes through untouched
  std::vector<FloatMap> maps = {};      ///< numbers at each pixel: depths, heatmaps, flows
  std::vector<Outline> outlines = {};   ///< polygons and lines
  bool bands = false;                   ///< of the image's four channels none is alpha: they are bands
};

/// An image's height and width.
inline Size size_of(const cv::Mat& image) { return {image.rows, image.cols}; }

}  // namespace doppel::augment
