#include "doppel/augment/transforms/color/hue_saturation_value.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(HueSaturationValue, AddsInHsv) {
  const auto changed = [](double hue, double saturation, double value, const cv::Vec3d& color) {
    return on_color(HueSaturationValue{{hue, hue}, {saturation, saturation}, {value, value}, 1}, color);
  };
  const cv::Vec3d blue{0.2, 0.4, 0.6};  // S 2/3, V 0.6, hue halfway between cyan and blue
  EXPECT_LT(cv::norm(changed(0, 0, 0.2, blue) - blue * (0.8 / 0.6)), 1e-5);
  EXPECT_LT(cv::norm(changed(0, 0.2, 0, blue) - cv::Vec3d(0.08, 0.34, 0.6)), 1e-5);
  EXPECT_LT(cv::norm(changed(0, 1, 0, blue) - cv::Vec3d(0, 0.3, 0.6)), 1e-5);  // S ends at 1
  EXPECT_LT(cv::norm(changed(0, -1, 0, blue) - cv::Vec3d(0.6, 0.6, 0.6)), 1e-5);
  EXPECT_LT(cv::norm(changed(1 / 3.0, 0, 0, blue) - cv::Vec3d(0.6, 0.2, 0.4)), 1e-5);
  EXPECT_LT(cv::norm(changed(0.3, 0.5, 0.1, {0.4, 0.4, 0.4}) - cv::Vec3d::all(0.5)),
            1e-5);  // grey stays grey
}

TEST(HueSaturationValue, EachIsDrawnFromItsRange) {
  const HueSaturationValue change{{-0.06, 0.06}, {-0.2, 0.1}, {-0.05, 0.15}, 1};
  const auto drawn = [&](std::uint64_t seed) { return drawn_op<op::Hsv>(change, seed); };
  expect_fills(-0.06, 0.06, [&](std::uint64_t seed) { return drawn(seed).turn; });
  expect_fills(-0.2, 0.1, [&](std::uint64_t seed) { return drawn(seed).saturation; });
  expect_fills(-0.05, 0.15, [&](std::uint64_t seed) { return drawn(seed).value; });
}

}  // namespace
}  // namespace doppel::augment
