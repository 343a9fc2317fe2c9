// Lines of a YOLO text file as targets.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/augment/plan/sample.h"

namespace doppel::dataset {

/// What a data set's lines are.
struct YoloRules {
  int classes = 0;
  std::string names_file = {};  ///< for messages
  int keypoints = 0;            ///< of each object
  int keypoint_numbers = 3;
  bool oriented = false;  ///< four corners are an oriented box, not a polygon
};

/// Adds one image's lines to its sample.
class YoloRows {
 public:
  YoloRows(const YoloRules& rules, Size size) : rules_(rules), size_(size) {}
  /// Throws Error that says what a line may be. A blank line is none.
  void add(std::string_view line, augment::Sample& sample);
  /// Outlines and the mask of instances, where there were polygons.
  void finish(augment::Sample& sample) const;

 private:
  struct Polygon {
    std::vector<double> corners;  ///< x, y in pixels
    int label, instance;
  };
  void add_box(const std::vector<double>& numbers, int label, augment::Sample& sample);
  void add_keypoints(const std::vector<double>& numbers, augment::Sample& sample) const;
  void add_corners(const std::vector<double>& numbers, int label, augment::Sample& sample);
  YoloRules rules_;
  Size size_;
  std::vector<Polygon> polygons_;
  int instances_ = 0;
};

}  // namespace doppel::dataset
