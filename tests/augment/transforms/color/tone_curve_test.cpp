#include "doppel/augment/transforms/color/tone_curve.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(ToneCurve, IsMonotoneWithFixedEndsAndInnerPointsWithinTheLimit) {
  for (const double limit : {0.1, 0.3})
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const auto levels = on_each_level(ToneCurve{limit, 1}, seed);
      EXPECT_EQ(levels(0, 0), 0);
      EXPECT_EQ(levels(0, 255), 255);
      EXPECT_NEAR(levels(0, 85), 85, 255 * limit + 1) << seed;
      EXPECT_NEAR(levels(0, 170), 170, 255 * limit + 1) << seed;
      for (int v = 1; v < 256; ++v) ASSERT_GE(levels(0, v), levels(0, v - 1)) << seed;
    }
}

TEST(ToneCurve, BothPointsMoveUpAndDownEachByItself) {
  const auto inner = [](std::uint64_t seed, std::size_t i) {
    return drawn_op<op::Curve>(ToneCurve{0.1, 1}, seed).y.at(i);
  };
  expect_fills(1 / 3.0 - 0.1, 1 / 3.0 + 0.1, [&](std::uint64_t seed) { return inner(seed, 1); });
  expect_fills(2 / 3.0 - 0.1, 2 / 3.0 + 0.1, [&](std::uint64_t seed) { return inner(seed, 2); });
  int alike = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed)
    alike += (inner(seed, 1) > 1 / 3.0) == (inner(seed, 2) > 2 / 3.0);
  EXPECT_NEAR(alike, 200, 45);
}

}  // namespace
}  // namespace doppel::augment
