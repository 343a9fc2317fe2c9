#include "doppel/augment/transforms/crop/pad.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <vector>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Pad, AddsTheGivenPixelsAndLeavesTheImage) {
  Sample sample = flat_sample(3, 4, 0.5, 1);
  sample.keypoints = {{1, 2, 0, 1, 0, 1}};
  const Pad pad{
      .left = 1, .right = 2, .top = 3, .bottom = 4, .fill = {Fill::Kind::Color, {0.25, 0.25, 0.25, 1}}};
  const Sample out = Recipe{pad}.apply(sample, {});
  ASSERT_EQ(size_of(out.image), (Size{10, 7}));
  EXPECT_EQ(cv::norm(out.image(cv::Rect(1, 3, 4, 3)), sample.image, cv::NORM_INF), 0);
  EXPECT_EQ(cv::countNonZero(out.image == 0.25), 10 * 7 - 3 * 4);
  EXPECT_EQ(out.keypoints.at(0).x, 2);
  EXPECT_EQ(out.keypoints.at(0).y, 5);
}

TEST(Pad, FillsUpToASizeAndADivisor) {
  const auto ops = [](const Pad& pad) { return Recipe{pad}.draw(flat_sample(30, 40, 0.5), {}).ops; };
  // Half at each side; an odd pixel to the right and below.
  EXPECT_EQ(ops(Pad{.to = {35, 41}}), (std::vector<Op>{op::Pad{0, 1, 2, 3, {}}}));
  EXPECT_EQ(ops(Pad{.divisor = 32}), (std::vector<Op>{op::Pad{12, 12, 1, 1, {}}}));
  // All three: 3 and 2 first, then to 50 x 60, then to multiples of 16: 64 x 64.
  EXPECT_EQ(ops(Pad{.left = 3, .top = 2, .to = {50, 60}, .divisor = 16}),
            (std::vector<Op>{op::Pad{13, 11, 18, 16, {}}}));
  EXPECT_TRUE(ops(Pad{.to = {20, 20}, .divisor = 10}).empty());
}

}  // namespace
}  // namespace doppel::augment
