#include "doppel/augment/transforms/color/solarize_add.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(SolarizeAdd, AddsBelowTheThreshold) {
  for (const int amount : {-51, 51, 204}) {
    const double share = amount / 255.0;
    const auto levels = on_each_level(SolarizeAdd{{share, share}, {0.5, 0.5}, 1});
    for (int v = 0; v < 256; ++v) EXPECT_EQ(levels(0, v), v < 128 ? std::clamp(v + amount, 0, 255) : v);
  }
  // Channels are asked one by one.
  const cv::Vec3d out = on_color(SolarizeAdd{{0.3, 0.3}, {0.4, 0.4}, 1}, {0.1, 0.39, 0.4});
  EXPECT_LT(cv::norm(out - cv::Vec3d(0.4, 0.69, 0.4)), 1e-6);
}

TEST(SolarizeAdd, DrawsAmountAndThreshold) {
  const SolarizeAdd add{{0, 0.4}, {0.3, 0.6}, 1};
  expect_fills(0, 0.4, [&](std::uint64_t seed) { return drawn_op<op::Solarize>(add, seed).amount; });
  expect_fills(0.3, 0.6, [&](std::uint64_t seed) { return drawn_op<op::Solarize>(add, seed).threshold; });
}

}  // namespace
}  // namespace doppel::augment
