#include "doppel/augment/transforms/weather/shadow.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <set>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(Shadow, DarkensByItsDarknessAndSlightlyLessInBlue) {
  const Recipe recipe{
      Shadow{.count = {1, 1}, .darkness = {0.5, 0.5}, .region = {0.5, 0.5, 0.5, 0.5}, .p = 1}};
  for (std::uint64_t i = 0; i < 40; ++i) {
    const cv::Mat out = recipe.apply(flat_sample(60, 80, 0.8), {.index = i}).image;
    // The polygon lies about the image's middle, and reaches at least .1 of each side from it.
    const cv::Vec3f middle = out.at<cv::Vec3f>(30, 40);
    EXPECT_NEAR(middle[2], 0.8 * 0.5, 0.01) << i;
    EXPECT_NEAR(middle[0], 0.8 * 0.48, 0.01) << i;
    double low = 0, high = 0;
    cv::minMaxLoc(out.reshape(1), &low, &high);
    EXPECT_GE(low, 0.8 * 0.48 - 1e-5);
    EXPECT_LE(high, 0.8 + 1e-6);
    EXPECT_GE(middle[2], middle[1]);
    EXPECT_GE(middle[1], middle[0]);
  }
}

TEST(Shadow, PolygonsAreConvex) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Plan plan = Recipe{Shadow{.count = {1, 1}, .p = 1}}.draw(flat_sample(9, 9, 0.5), {.index = i});
    const auto& points = std::get<op::Shadow>(plan.ops.at(0)).points;
    const std::size_t n = points.size() / 2;
    EXPECT_TRUE(n >= 4 && n <= 6);
    int left = 0;
    for (std::size_t k = 0; k < n; ++k) {
      const auto at = [&](std::size_t j) { return Point{points[2 * (j % n)], points[2 * (j % n) + 1]}; };
      const Point a = at(k), b = at(k + 1), c = at(k + 2);
      left += (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) > 0;
    }
    EXPECT_TRUE(left == 0 || left == static_cast<int>(n)) << i;
  }
}

TEST(Shadow, CountIsDrawnAndTheRegionNeedsFourNumbers) {
  std::set<std::size_t> counts;
  for (std::uint64_t i = 0; i < 60; ++i)
    counts.insert(
        Recipe{Shadow{.count = {0, 3}, .p = 1}}.draw(flat_sample(9, 9, 0.5), {.index = i}).ops.size());
  EXPECT_EQ(counts, (std::set<std::size_t>{0, 1, 2, 3}));
  EXPECT_EQ(error_of([] { Transform(Shadow{.region = {0, 1}}); }),
            "Shadow: region needs x0, y0, x1, y1, the smaller ones first");
}

}  // namespace
}  // namespace doppel::augment
