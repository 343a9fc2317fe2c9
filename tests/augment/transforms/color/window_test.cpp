#include "doppel/augment/transforms/color/window.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

cv::Mat windowed(const cv::Mat& image, const Window& window) {
  Sample sample;
  sample.image = image;
  return Recipe{window}.apply(sample, {}).image;
}

TEST(Window, HounsfieldUnitsBecomeShares) {
  const cv::Mat units = (cv::Mat_<float>(1, 5) << -1000, -160, 40, 240, 3000);
  const cv::Mat out = windowed(units, {.preset = Window::Preset::Abdomen}),
                expected = (cv::Mat_<float>(1, 5) << 0, 0, 0.475, 0.975, 1);
  EXPECT_LT(cv::norm(out, expected, cv::NORM_INF), 1e-5) << out;
}

TEST(Window, NumbersAreThoseOfTheImagesType) {
  const cv::Mat shorts = (cv::Mat_<std::uint16_t>(1, 3) << 1000, 2000, 4000);
  const cv::Mat wide = windowed(shorts, {.center = {2000, 2000}, .width = {2000, 2000}});
  EXPECT_EQ(wide.at<std::uint16_t>(0), 0);
  EXPECT_NEAR(wide.at<std::uint16_t>(1), 32768, 1);
  EXPECT_EQ(wide.at<std::uint16_t>(2), 65535);
  const cv::Mat bytes = (cv::Mat_<unsigned char>(1, 3) << 100, 128, 156);
  const cv::Mat narrow = windowed(bytes, {.center = {128, 128}, .width = {56, 56}});
  EXPECT_EQ(cv::countNonZero(narrow != (cv::Mat_<unsigned char>(1, 3) << 0, 128, 255)), 0) << narrow;
}

TEST(Window, DrawsFillTheirRanges) {
  expect_fills(100, 300, [](std::uint64_t seed) {
    return 1 / drawn_op<op::ColorMatrix>(Window{.width = {100, 300}, .p = 1}, seed).matrix[0];
  });
}

}  // namespace
}  // namespace doppel::augment
