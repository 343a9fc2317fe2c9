#include "doppel/augment/transforms/color/color_shift.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(ColorShift, AddsToEachChannelItsOwnOffset) {
  const ColorShift shift{{0.1, 0.1}, {-0.2, -0.2}, {0.3, 0.3}, 1};
  EXPECT_LT(cv::norm(on_color(shift, {0.5, 0.5, 0.5}) - cv::Vec3d(0.6, 0.3, 0.8)), 1e-6);
  EXPECT_LT(cv::norm(on_color(shift, {0.95, 0.1, 0.9}) - cv::Vec3d(1, 0, 1)), 1e-6);
  const cv::Mat grey = Recipe{shift}.apply(flat_sample(2, 3, 0.5, 1), {}).image;
  EXPECT_NEAR(grey.at<float>(1, 2), 0.6, 1e-6);  // that of red
}

TEST(ColorShift, OffsetsFillTheirRangesEachByItself) {
  const ColorShift shift{{-0.1, 0.1}, {0, 0.4}, {-0.3, -0.1}, 1};
  const auto offset = [&](std::uint64_t seed, std::size_t row) {
    return drawn_op<op::ColorMatrix>(shift, seed).matrix[4 * row + 3];
  };
  expect_fills(-0.1, 0.1, [&](std::uint64_t seed) { return offset(seed, 0); });
  expect_fills(0, 0.4, [&](std::uint64_t seed) { return offset(seed, 1); });
  expect_fills(-0.3, -0.1, [&](std::uint64_t seed) { return offset(seed, 2); });
  int alike = 0;  // on the same side of their middles: half of the draws
  for (std::uint64_t seed = 0; seed < 400; ++seed) alike += (offset(seed, 0) > 0) == (offset(seed, 1) > 0.2);
  EXPECT_NEAR(alike, 200, 45);
}

}  // namespace
}  // namespace doppel::augment
