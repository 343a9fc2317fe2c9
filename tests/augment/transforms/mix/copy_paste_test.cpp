#include "doppel/augment/transforms/mix/copy_paste.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "augment/transforms/mix/partners.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

/// White; its instances 1 and 2 are squares of 10x10 pixels.
Sample pastable() {
  Sample sample = flat_sample(40, 60, 1, 1);
  sample.label = 1;
  sample.instance_mask = 0;
  sample.masks = {cv::Mat(40, 60, CV_8U, cv::Scalar(0))};
  for (const int k : {1, 2}) {
    const cv::Rect square(20 * k - 10, 5, 10, 10);
    sample.masks[0](square).setTo(k);
    sample.boxes.push_back({double(square.x), 5, square.x + 10.0, 15, 7, 1, k});
    sample.keypoints.push_back({square.x + 5.0, 10, 0, 1, 0, 1, k});
  }
  return sample;
}

Sample paste_canvas() {
  Sample sample = flat_sample(40, 60, 0, 1);
  sample.label = 0;
  sample.instance_mask = 0;
  sample.masks = {cv::Mat(40, 60, CV_8U, cv::Scalar(0))};
  sample.masks[0](cv::Rect(10, 5, 20, 10)).setTo(1);
  sample.boxes = {{10, 5, 30, 15, 3, 1, 1}};
  return sample;
}

TEST(CopyPaste, BringsInstancesWithTheirTargetsAndHidesWhatIsBelow) {
  const Recipe recipe{CopyPaste{.share = {1, 1}, .feather = {0, 0}, .p = 1}};
  const Sample out = recipe.apply(paste_canvas(), {}, always(pastable()));
  cv::Mat wanted(40, 60, CV_32F, cv::Scalar(0));
  wanted(cv::Rect(10, 5, 10, 10)).setTo(1);
  wanted(cv::Rect(30, 5, 10, 10)).setTo(1);
  EXPECT_EQ(cv::norm(out.image, wanted, cv::NORM_INF), 0);
  // The canvas's own object lies half below the first: 20x10 pixels, of which 10x10 are left.
  ASSERT_EQ(out.boxes.size(), 3U);
  EXPECT_NEAR(out.boxes[0].visibility, 0.5, 0.02);
  ASSERT_EQ(out.keypoints.size(), 2U);
  for (std::size_t k = 0; k < 2; ++k) {
    const Box& box = out.boxes[k + 1];
    EXPECT_EQ(box.label, 7);
    EXPECT_EQ(box.x0, k == 0 ? 10 : 30);
    EXPECT_NE(box.instance, 1);  // that number is the canvas's
    EXPECT_EQ(box.instance, out.keypoints[k].instance);
    EXPECT_EQ(cv::countNonZero(out.masks[0] == box.instance), 100);
  }
  EXPECT_EQ(cv::countNonZero(out.masks[0] == 1), 100);
  EXPECT_EQ(out.label, 0);  // it has boxes' labels, not the image's
}

TEST(CopyPaste, ShareIsOfTheInstances) {
  const Recipe recipe{CopyPaste{.share = {0.3, 0.3}, .p = 1}};
  const Sample canvas = paste_canvas();
  const PartnerSource partners = always(pastable());
  std::size_t pasted = 0;
  for (std::uint64_t i = 0; i < 1000; ++i)
    pasted += recipe.draft(canvas, {.index = i}, partners).boxes.size() - 1;
  EXPECT_NEAR(double(pasted), 600, 100);
}

TEST(CopyPaste, FeatherSoftensTheEdge) {
  const Recipe recipe{CopyPaste{.share = {1, 1}, .feather = {2, 2}, .p = 1}};
  const cv::Mat out = recipe.apply(paste_canvas(), {}, always(pastable())).image;
  // An edge smoothed by a Gaussian is 1/2 on average at both sides of it.
  EXPECT_NEAR((out.at<float>(10, 29) + out.at<float>(10, 30)) / 2, 0.5, 0.05);
  EXPECT_GT(out.at<float>(10, 29), 0.2);
  EXPECT_LT(out.at<float>(10, 30), 0.8);
}

TEST(CopyPaste, APartnerWithoutMasksGivesNothing) {
  Sample bare = pastable();
  bare.masks.clear();
  bare.instance_mask = -1;
  const Recipe recipe{CopyPaste{.share = {1, 1}, .p = 1}};
  EXPECT_TRUE(recipe.draft(paste_canvas(), {}, always(bare)).plan.ops.empty());
}

}  // namespace
}  // namespace doppel::augment
