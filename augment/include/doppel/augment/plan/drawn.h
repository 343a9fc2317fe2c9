// What a recipe draws for one sample.
#pragma once

#include <vector>

#include "doppel/augment/plan/plan.h"
#include "doppel/augment/plan/sample.h"

namespace doppel::augment {

/// A plan, and the sample's targets as it moves them.
struct Drawn {
  Plan plan;
  std::vector<Box> boxes;
  std::vector<Keypoint> keypoints;
  int label = -1;
  std::vector<RotatedBox> rotated_boxes;
  std::vector<LabelShare> label_shares;
  std::vector<Sample> partners;        ///< what the plan's Joins name
  std::vector<int> dropped_instances;  ///< their masks must go, too
  int clipped = 0;                     ///< boxes that overshot the source picture
};

}  // namespace doppel::augment
