#include "doppel/augment/transforms/crop/zoom_out.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(ZoomOut, ShowsAllOfTheImageSmall) {
  Sample sample = flat_sample(40, 60, 1, 1);
  sample.boxes = {{0, 0, 60, 40, 0, 1}};
  sample.keypoints = {{30, 20, 0, 1, 0, 1}};
  double left = 60, right = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Sample out = Recipe{ZoomOut{.side = {2, 2}, .p = 1}}.apply(sample, {.index = i});
    ASSERT_EQ(size_of(out.image), (Size{40, 60}));
    EXPECT_NEAR(cv::mean(out.image)[0], 0.25, 0.005) << i;  // half of each side, black around
    const Box& b = out.boxes.at(0);
    EXPECT_NEAR(b.x1 - b.x0, 30, 1e-9);
    EXPECT_NEAR(b.y1 - b.y0, 20, 1e-9);
    EXPECT_EQ(b.visibility, 1);
    EXPECT_NEAR(out.keypoints.at(0).scale, 0.5, 1e-9);
    left = std::min(left, b.x0);
    right = std::max(right, b.x1);
  }
  // Anywhere on the canvas.
  EXPECT_LT(left, 1);
  EXPECT_GT(right, 59);
}

TEST(ZoomOut, TheCanvasIsDrawnEvenly) {
  const Sample sample = flat_sample(1000, 1000, 1, 1);
  int half = 0;
  for (std::uint64_t i = 0; i < 600; ++i) {
    const Plan plan = Recipe{ZoomOut{.side = {1, 3}, .p = 1}}.draw(sample, {.index = i});
    const double side = 1000 / (plan.map({1000, 0}).x - plan.map({0, 0}).x);
    EXPECT_TRUE(side >= 1 - 1e-9 && side <= 3 + 1e-9) << side;
    half += side < 2;
  }
  EXPECT_NEAR(half, 300, 60);
  EXPECT_EQ(Recipe{ZoomOut{.p = 1}}.draw(flat_sample(1, 1, 1), {.seed = 2}).size(), (Size{1, 1}));
}

}  // namespace
}  // namespace doppel::augment
