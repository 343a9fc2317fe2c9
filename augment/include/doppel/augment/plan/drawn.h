// What a recipe draws for one sample.
#pragma once

#include <string_view>
#include <vector>

#include "doppel/augment/plan/plan.h"
#include "doppel/augment/plan/sample.h"

namespace doppel::augment {

/// A plan, and the sample's targets as it moves them.
struct Drawn {
  Plan plan;                        ///< what is done to the image and its masks
  std::vector<Box> boxes;           ///< clipped to the result; those that the rules drop are left out
  std::vector<Keypoint> keypoints;  ///< in the result, by TargetRules::keypoints
  int label = -1;  ///< the image's class, of a mixed one that with the largest share; -1: not known
  std::vector<RotatedBox> rotated_boxes;  ///< fitted to what is seen; left out as boxes are
  std::vector<LabelShare> label_shares;   ///< as Sample's, mixed by area or weight; empty: `label` alone
  std::vector<Sample> partners;           ///< what the plan's Joins name
  std::vector<int> dropped_instances;     ///< their masks must go, too
  int clipped = 0;                        ///< boxes that overshot the source image
  std::vector<double> numbers = {};       ///< Sample::numbers, mixed by area or weight
  double weight = 1;                      ///< Sample::weight, mixed the same way
  std::vector<Outline> outlines = {};     ///< cut to the result; pieces below TargetRules::min_area left out
  std::vector<std::string_view> spared = {};  ///< transforms that label rules kept from it, by their names
};

}  // namespace doppel::augment
