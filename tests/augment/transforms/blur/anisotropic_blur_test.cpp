#include "doppel/augment/transforms/blur/anisotropic_blur.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "augment/transforms/blur/one_point.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(AnisotropicBlur, IsAsWideAsAskedAlongItsAngleAndAcross) {
  constexpr double kAlong = 3, kAcross = 1.2;
  for (const double angle : {0.0, 30.0, 90.0, 135.0}) {
    const Recipe recipe{AnisotropicBlur{{kAlong, kAlong}, {kAcross, kAcross}, {angle, angle}, 1}};
    const cv::Moments m = cv::moments(recipe.apply(one_point(41), {}).image);
    // Counter-clockwise as one sees it: y points down.
    const double c = std::cos(angle * CV_PI / 180), s = -std::sin(angle * CV_PI / 180);
    const double a = kAlong * kAlong, b = kAcross * kAcross;
    EXPECT_NEAR(m.m00, 1, 1e-5);
    EXPECT_NEAR(m.mu20 / m.m00, c * c * a + s * s * b, 0.03 * a) << angle;
    EXPECT_NEAR(m.mu02 / m.m00, s * s * a + c * c * b, 0.03 * a) << angle;
    EXPECT_NEAR(m.mu11 / m.m00, c * s * (a - b), 0.03 * a) << angle;
  }
}

TEST(AnisotropicBlur, EvenlyWideItsAngleDoesNotMatter) {
  const AnisotropicBlur upright{{1.5, 1.5}, {1.5, 1.5}, {0, 0}, 1},
      turned{{1.5, 1.5}, {1.5, 1.5}, {37, 37}, 1};
  const cv::Mat a = Recipe{upright}.apply(one_point(15), {}).image,
                b = Recipe{turned}.apply(one_point(15), {}).image;
  EXPECT_LE(cv::norm(a, b, cv::NORM_INF), 1e-6);
  EXPECT_NEAR(a.at<float>(7, 9) / a.at<float>(7, 7), std::exp(-4 / (2 * 1.5 * 1.5)), 1e-5);
}

}  // namespace
}  // namespace doppel::augment
