#include "doppel/augment/transforms/color/hue.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(Hue, TurnsThereAndBackAndAThirdRotatesTheChannels) {
  const auto turned = [](double turn, const cv::Vec3d& color) {
    return on_color(Hue{{turn, turn}, 1}, color);
  };
  for (double r = 0; r <= 1; r += 0.25)
    for (double g = 0; g <= 1; g += 0.25)
      for (double b = 0; b <= 1; b += 0.25) {
        const cv::Vec3d c{r, g, b};
        EXPECT_LT(cv::norm(turned(-0.21, turned(0.21, c)) - c), 1e-5) << c;
        EXPECT_LT(cv::norm(turned(1.0 / 3, c) - cv::Vec3d(b, r, g)), 1e-5) << c;
        EXPECT_LT(cv::norm(turned(1, c) - c), 1e-5) << c;
      }
  // A sixth: red to yellow, a half: to its complement.
  EXPECT_LT(cv::norm(turned(1.0 / 6, {1, 0, 0}) - cv::Vec3d(1, 1, 0)), 1e-5);
  EXPECT_LT(cv::norm(turned(0.5, {0.8, 0.2, 0.2}) - cv::Vec3d(0.2, 0.8, 0.8)), 1e-5);
}

TEST(Hue, LeavesGreyImagesAndDrawsBothWays) {
  const Sample grey = flat_sample(2, 3, 0.4, 1);
  EXPECT_EQ(cv::norm(Recipe{Hue{{0.3, 0.3}, 1}}.apply(grey, {}).image, grey.image), 0);
  expect_fills(-0.05, 0.05, [](std::uint64_t seed) { return drawn_op<op::Hsv>(Hue{.p = 1}, seed).turn; });
}

}  // namespace
}  // namespace doppel::augment
