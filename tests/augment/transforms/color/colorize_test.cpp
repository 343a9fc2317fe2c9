#include "doppel/augment/transforms/color/colorize.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(Colorize, IsARisingRampOverLuma) {
  const Colorize recolor{{1, 1}, 1};
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    cv::Vec3d before = on_color(recolor, {0, 0, 0}, seed);
    for (int c = 0; c < 3; ++c) EXPECT_LE(before[c], 0.2501);
    for (int i = 1; i <= 8; ++i) {
      const cv::Vec3d now = on_color(recolor, cv::Vec3d::all(i / 8.0), seed);
      for (int c = 0; c < 3; ++c) {
        EXPECT_GE(now[c], before[c]);
        if (i == 4) { EXPECT_NEAR(now[c], 0.5, 0.2501); }
        if (i == 8) { EXPECT_GE(now[c], 0.7499); }
      }
      before = now;
    }
    // What was of the same luma is of the same colour.
    const cv::Vec3d red = on_color(recolor, {1, 0, 0}, seed);
    EXPECT_LT(cv::norm(red - on_color(recolor, cv::Vec3d::all(0.299), seed)), 1e-5);
  }
}

TEST(Colorize, BlendsWithTheImageByItsShare) {
  const cv::Vec3d color{0.9, 0.3, 0.1};
  const cv::Vec3d whole = on_color(Colorize{{1, 1}, 1}, color, 7),
                  quarter = on_color(Colorize{{0.25, 0.25}, 1}, color, 7);
  EXPECT_LT(cv::norm(quarter - (0.25 * whole + 0.75 * color)), 1e-6);
  expect_fills(0.5, 1,
               [](std::uint64_t seed) { return drawn_op<op::Colorize>(Colorize{.p = 1}, seed).share; });
}

}  // namespace
}  // namespace doppel::augment
