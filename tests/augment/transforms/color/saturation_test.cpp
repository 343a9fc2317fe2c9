#include "doppel/augment/transforms/color/saturation.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(Saturation, MovesColoursAwayFromTheirOwnGrey) {
  const cv::Vec3d color{0.6, 0.4, 0.5};
  const double luma = 0.299 * 0.6 + 0.587 * 0.4 + 0.114 * 0.5;
  for (const double factor : {0.0, 0.5, 1.0, 1.8}) {
    const cv::Vec3d out = on_color(Saturation{{factor, factor}, 1}, color);
    EXPECT_LT(cv::norm(out - cv::Vec3d::all(luma) - factor * (color - cv::Vec3d::all(luma))), 1e-6);
    EXPECT_NEAR(0.299 * out[0] + 0.587 * out[1] + 0.114 * out[2], luma, 1e-6);  // the luma stays
  }
  EXPECT_LT(cv::norm(on_color(Saturation{{3, 3}, 1}, {1, 0, 0}) - cv::Vec3d(1, 0, 0)), 1e-6);  // clamped
}

TEST(Saturation, FactorsFillTheirRangeAndGreyIsLeft) {
  // Red takes factor + (1 - factor) · 0.299 of red.
  expect_fills(0.6, 1.4, [](std::uint64_t seed) {
    return (drawn_op<op::ColorMatrix>(Saturation{.p = 1}, seed).matrix[0] - 0.299) / (1 - 0.299);
  });
  EXPECT_TRUE(leaves_grey_alone(Saturation{.p = 1}));
}

}  // namespace
}  // namespace doppel::augment
