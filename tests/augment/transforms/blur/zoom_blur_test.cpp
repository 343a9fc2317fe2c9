#include "doppel/augment/transforms/blur/zoom_blur.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(ZoomBlur, FlattensARampAboutItsCentre) {
  // Zoomed by z, a ramp is 1/z as steep; the mean of 1/z over zooms 1 to f, by their logarithm.
  for (const double factor : {1.1, 1.3})
    for (const double centre : {0.3, 0.5}) {
      Sample sample;
      sample.image = cv::Mat(20, 100, CV_32FC1);
      for (int x = 0; x < 100; ++x) sample.image.col(x) = (x + 0.5) / 100;
      const cv::Mat out = Recipe{ZoomBlur{{factor, factor}, {centre, centre}, 1}}.apply(sample, {}).image;
      const double slope = (1 - 1 / factor) / std::log(factor);
      for (int x = 1; x < 99; ++x)
        EXPECT_NEAR(out.at<float>(10, x), centre + slope * ((x + 0.5) / 100 - centre), 2e-3)
            << factor << " " << centre << " " << x;
    }
}

TEST(ZoomBlur, BlursMoreFarFromItsCentre) {
  Sample sample;
  sample.image = wavy(120, 120, 1, CV_32F);
  const cv::Mat out = Recipe{ZoomBlur{{1.15, 1.15}, {0.5, 0.5}, 1}}.apply(sample, {}).image;
  const auto change = [&](const cv::Rect& part) {
    return cv::norm(out(part), sample.image(part), cv::NORM_L2);
  };
  EXPECT_LT(change({58, 58, 4, 4}), 0.2 * change({110, 58, 4, 4}));
  EXPECT_LT(change({58, 58, 4, 4}), 0.2 * change({58, 4, 4, 4}));
}

TEST(ZoomBlur, XAndYOfTheCentreAreDrawnApart) {
  Sample sample;
  sample.image = wavy(9, 9, 1);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Plan plan = Recipe{ZoomBlur{.p = 1}}.draw(sample, {.seed = seed});
    const auto& zoom = std::get<op::ZoomBlur>(plan.ops.at(0));
    for (const double at : {zoom.x, zoom.y}) EXPECT_NEAR(at, 0.5, 0.1);
    EXPECT_NE(zoom.x, zoom.y);
  }
}

}  // namespace
}  // namespace doppel::augment
