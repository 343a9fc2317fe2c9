#include "doppel/augment/transforms/color/pca_lighting.h"

#include <gtest/gtest.h>

#include <array>
#include <opencv2/core.hpp>
#include <string>

#include "augment/transforms/color/on_color.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(PcaLighting, MovesAlongThePrincipalColours) {
  const PcaLighting light{.p = 1};
  const cv::Matx33d axes(light.vectors.data());
  EXPECT_LT(cv::norm(axes.t() * axes - cv::Matx33d::eye()), 2e-3);  // an orthonormal system
  // Projected on the axes, the shifts are independent and as wide as sigma times each axis' deviation.
  constexpr int kDraws = 2000;
  cv::Matx33d covariance = cv::Matx33d::zeros();
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
    const auto m = drawn_op<op::ColorMatrix>(light, seed).matrix;
    const cv::Vec3d along = axes.t() * cv::Vec3d(m[3], m[7], m[11]);
    covariance += along * along.t() * (1.0 / kDraws);
  }
  for (int i = 0; i < 3; ++i)
    for (int k = 0; k < 3; ++k) {
      const double unit =
          0.01 * light.values[static_cast<std::size_t>(i)] * light.values[static_cast<std::size_t>(k)];
      EXPECT_NEAR(covariance(i, k) / unit, i == k ? 1 : 0, 0.12) << i << k;
    }
}

TEST(PcaLighting, AddsTheSameToEveryPixel) {
  const PcaLighting light{.sigma = 1, .p = 1};
  const cv::Vec3d shift = on_color(light, {0.5, 0.5, 0.5}, 3) - cv::Vec3d(0.5, 0.5, 0.5);
  EXPECT_GT(cv::norm(shift), 0.01);
  EXPECT_LT(cv::norm(shift), 0.5);
  EXPECT_LT(cv::norm(on_color(light, {0.6, 0.4, 0.5}, 3) - cv::Vec3d(0.6, 0.4, 0.5) - shift), 1e-6);
}

TEST(PcaLighting, NeedsThreeValuesAndNineNumbers) {
  const std::string error = "PcaLighting: values needs 3 numbers and vectors 9";
  EXPECT_EQ(error_of([] { Recipe{PcaLighting{.values = {1, 2}}}; }), error);
  EXPECT_EQ(error_of([] { Recipe{PcaLighting{.vectors = {1, 0, 0, 1}}}; }), error);
}

}  // namespace
}  // namespace doppel::augment
