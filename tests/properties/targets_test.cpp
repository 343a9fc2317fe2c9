// What becomes of an object's parts together.
#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Targets, AnObjectGoesAsAWhole) {
  // Box, mask and keypoint of instance 2 leave the image together.
  Sample s;
  s.image = cv::Mat(60, 60, CV_8UC3, cv::Scalar::all(9));
  s.instance_mask = 0;
  s.masks = {cv::Mat(60, 60, CV_8U, cv::Scalar(0))};
  s.masks[0](cv::Rect(5, 5, 20, 20)).setTo(1);
  s.masks[0](cv::Rect(40, 40, 20, 20)).setTo(2);
  s.boxes = {{5, 5, 25, 25, 0, 1, 1}, {40, 40, 60, 60, 0, 1, 2}};
  s.keypoints = {{10, 10, 0, 1, 0, 1, 1}, {42, 42, 0, 1, 0, 1, 2}};
  struct Cut {
    void draw(Draft& draft, const Stream&) const { draft.append(op::Crop{0, 0, {46, 46}}); }
  };
  const Sample out = Recipe(std::vector<Transform>{Cut{}}, {.min_visibility = 0.5}).apply(s, Stream{});
  ASSERT_EQ(out.boxes.size(), 1U);
  EXPECT_EQ(out.boxes[0].instance, 1);
  ASSERT_EQ(out.keypoints.size(), 1U);
  EXPECT_EQ(out.keypoints[0].instance, 1);
  EXPECT_EQ(cv::countNonZero(out.masks[0] == 2), 0);
  EXPECT_EQ(cv::countNonZero(out.masks[0] == 1), 400);
}

}  // namespace
}  // namespace doppel::augment
