// A plan being drawn: transforms read where the objects are now, and append ops.
#pragma once

#include <map>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "doppel/augment/plan.h"
#include "doppel/augment/sample.h"

namespace doppel::augment {

/// When objects are dropped at the end of a recipe.
struct TargetRules {
  enum class Outside { Flag, Drop };
  double min_area = 0;                ///< pixels that must be left of a box
  double min_visibility = 0;          ///< share of the original object that must still be seen
  Outside keypoints = Outside::Flag;  ///< those outside: kept with visibility 0, or removed
};

/// Boxes, keypoints and the label move here, exactly, while ops are appended; pixels move later, once.
/// Visibility is cumulative: what is seen now over what the object was at first, through crops and covers.
class Draft {
 public:
  explicit Draft(const Sample& sample);

  Size size() const { return size_; }
  const Plan& plan() const { return plan_; }
  int channels() const { return sample_->image.channels(); }
  int label() const { return label_; }
  /// Gives the sample and its boxes new labels; those that `labels` doesn't name keep theirs.
  void relabel(const std::map<int, int>& labels);

  /// Boxes as they would be seen now: clipped to the picture, those that are gone left out.
  std::vector<Box> boxes() const;
  const std::vector<Keypoint>& keypoints() const { return keypoints_; }
  /// The picture and the masks as the plan so far renders them. Costs a rendering; for transforms that must
  /// look.
  cv::Mat image() const;
  std::vector<cv::Mat> masks() const;

  /// Adds an op and moves the targets. Throws Error where a crop doesn't fit the picture, or where an op
  /// follows Normalize.
  void append(Op op);

  /// The plan, and the targets by `rules`.
  struct Result {
    Plan plan;
    std::vector<Box> boxes;
    std::vector<Keypoint> keypoints;
    int label = -1;
  };
  Result finish(const TargetRules& rules = {}) const;

 private:
  struct Object {
    std::vector<Point> outline;  ///< the box's corners through all maps since the last wall
    double seen = 1;             ///< share of the object inside `outline` and not covered
    Box box;                     ///< label
  };
  void check_fits(const Op& op) const;
  void move_targets(const Matrix3& map);
  void build_wall();
  void cover_targets(const op::Cover& cover);
  Box seen_box(const Object& object) const;

  const Sample* sample_;
  Plan plan_;
  Size size_;
  std::vector<Object> objects_;
  std::vector<Keypoint> keypoints_;
  int label_;
};

}  // namespace doppel::augment
