#include "doppel/augment/transforms/color/brightness.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(Brightness, MultipliesAllChannelsAndClamps) {
  const cv::Vec3d out = on_color(Brightness{.factor = {1.5, 1.5}, .p = 1}, {0.2, 0.4, 0.8});
  EXPECT_LT(cv::norm(out - cv::Vec3d(0.3, 0.6, 1)), 1e-6);
  EXPECT_EQ(cv::norm(on_color(Brightness{.factor = {0, 0}, .p = 1}, {0.2, 0.4, 0.8})), 0);
  // Of bytes it's the nearest level.
  const auto levels = on_each_level(Brightness{.factor = {0.3, 0.3}, .p = 1});
  for (int v = 0; v < 256; ++v) EXPECT_NEAR(levels(0, v), 0.3 * v, 0.501);
}

TEST(Brightness, FactorsFillTheirRange) {
  for (const int channels : {1, 3, 4})
    expect_fills(0.6, 1.7, [&](std::uint64_t seed) {
      return drawn_op<op::ColorMatrix>(Brightness{.factor = {0.6, 1.7}, .p = 1}, seed, channels).matrix[0];
    });
}

}  // namespace
}  // namespace doppel::augment
