#include "doppel/augment/transforms/geometry/perspective.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Perspective, CornersMoveInwardsByTheDistortionInTheMean) {
  constexpr std::array<Point, 4> kCorners{{{0, 0}, {200, 0}, {200, 100}, {0, 100}}};
  double sum = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const Perspective look{.distortion = {0.1, 0.1}, .border = Perspective::Border::Fill, .p = 1};
    const Plan plan = Recipe{look}.draw(flat_sample(100, 200, 0.5, 1), {.index = i});
    ASSERT_EQ(plan.size(), (Size{100, 200}));
    for (const Point corner : kCorners) {
      const Point to = plan.map(corner);
      const double x = (corner.x > 0 ? corner.x - to.x : to.x) / 200,
                   y = (corner.y > 0 ? corner.y - to.y : to.y) / 100;
      EXPECT_TRUE(x > -1e-9 && x < 0.2 + 1e-9) << x;
      EXPECT_TRUE(y > -1e-9 && y < 0.2 + 1e-9) << y;
      sum += x + y;
    }
  }
  EXPECT_NEAR(sum / (300 * 8), 0.1, 0.005);
}

TEST(Perspective, WithoutBorderNoneShows) {
  for (std::uint64_t i = 0; i < 60; ++i) {
    const cv::Mat out = Recipe{Perspective{.distortion = {0.15, 0.15}, .p = 1}}
                            .apply(flat_sample(40, 60, 1, 1), {.index = i})
                            .image;
    double low = 0;
    cv::minMaxLoc(out, &low);
    EXPECT_GT(low, 0.5) << i;  // no more than interpolation's half a pixel
  }
}

TEST(Perspective, MayBeAsLargeAsTheMovedQuadrilateral) {
  for (const auto border : {Perspective::Border::None, Perspective::Border::Fill})
    for (std::uint64_t i = 0; i < 40; ++i) {
      const Sample sample = flat_sample(100, 200, 0.5, 1);
      Perspective look{.distortion = {0.1, 0.1}, .border = Perspective::Border::Fill, .p = 1};
      const Plan kept = Recipe{look}.draw(sample, {.index = i});
      look.border = border;
      look.keep_size = false;
      const auto side = [&](Point a, Point b) {
        const Point p = kept.map(a), q = kept.map(b);
        return std::hypot(p.x - q.x, p.y - q.y);
      };
      const Size size = Recipe{look}.draw(sample, {.index = i}).size();
      EXPECT_NEAR(size.width, (side({0, 0}, {200, 0}) + side({0, 100}, {200, 100})) / 2, 0.51) << i;
      EXPECT_NEAR(size.height, (side({0, 0}, {0, 100}) + side({200, 0}, {200, 100})) / 2, 0.51) << i;
    }
  EXPECT_EQ(
      (Recipe{Perspective{.keep_size = false, .p = 1}}.apply(flat_sample(1, 1, 0.5, 1), {}).image.size()),
      cv::Size(1, 1));
}

}  // namespace
}  // namespace doppel::augment
