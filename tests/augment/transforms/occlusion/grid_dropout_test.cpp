#include "doppel/augment/transforms/occlusion/grid_dropout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(GridDropout, CoversTheSquareOfItsRatio) {
  Sample sample = flat_sample(200, 300, 1, 1);
  sample.boxes = {{0, 0, 300, 200, 0, 1}};
  for (const double ratio : {0.0, 0.3, 0.5, 1.0})
    for (const double angle : {0.0, 27.0, 90.0}) {
      const GridDropout grid{.unit = {0.1, 0.1}, .ratio = {ratio, ratio}, .angle = {angle, angle}, .p = 1};
      const Sample out = Recipe{grid}.apply(sample, {.seed = 3});
      EXPECT_NEAR(1 - cv::mean(out.image)[0], ratio * ratio, 0.02) << ratio << " " << angle;
      const double seen = out.boxes.empty() ? 0 : out.boxes[0].visibility;
      EXPECT_NEAR(seen, 1 - ratio * ratio, 0.03) << ratio << " " << angle;
    }
}

TEST(GridDropout, HolesRepeatByTheCellAndStartAnywhere) {
  const GridDropout grid{.unit = {0.2, 0.2}, .ratio = {0.5, 0.5}, .p = 1};
  cv::Mat often(100, 100, CV_32F, cv::Scalar(0));
  for (std::uint64_t i = 0; i < 400; ++i) {
    const cv::Mat out = Recipe{grid}.apply(flat_sample(100, 100, 1, 1), {.index = i}).image;
    EXPECT_EQ(cv::norm(out.colRange(0, 80), out.colRange(20, 100), cv::NORM_INF), 0);
    EXPECT_EQ(cv::norm(out.rowRange(0, 80), out.rowRange(20, 100), cv::NORM_INF), 0);
    often += 1 - out;
  }
  // Each pixel is as likely to be covered as any other.
  double low = 0, high = 0;
  cv::minMaxLoc(often, &low, &high);
  EXPECT_GT(low, 100 - 35);
  EXPECT_LT(high, 100 + 35);
}

}  // namespace
}  // namespace doppel::augment
