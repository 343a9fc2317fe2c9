#include "doppel/augment/transforms/color/contrast.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(Contrast, KeepsTheMeanGreyAndScalesTheDistanceFromIt) {
  Sample sample;
  sample.image = wavy(30, 31, 3, CV_32F);
  const cv::Mat out = Recipe{Contrast{{0.3, 0.3}, 1}}.apply(sample, {}).image;
  const auto luma = [](const cv::Scalar& s) { return 0.299 * s[0] + 0.587 * s[1] + 0.114 * s[2]; };
  const double grey = luma(cv::mean(sample.image));
  EXPECT_NEAR(luma(cv::mean(out)), grey, 1e-5);
  EXPECT_LT(cv::norm(out - cv::Scalar::all(grey), 0.3 * (sample.image - cv::Scalar::all(grey)), cv::NORM_INF),
            1e-4);
}

TEST(Contrast, WithoutAnyLeavesOneGrey) {
  Sample sample;
  sample.image = cv::Mat(1, 2, CV_32FC3, cv::Scalar(1, 0, 0));
  sample.image.at<cv::Vec3f>(0, 1) = {0, 0, 1};
  const cv::Mat out = Recipe{Contrast{{0, 0}, 1}}.apply(sample, {}).image;
  for (const auto& pixel : cv::Mat_<cv::Vec3f>(out))
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(pixel[c], (0.299 + 0.114) / 2, 1e-6);
  // A single pixel is its own mean: only colour can change.
  EXPECT_LT(cv::norm(on_color(Contrast{{5, 5}, 1}, {0.4, 0.4, 0.4}) - cv::Vec3d::all(0.4)), 1e-6);
}

TEST(Contrast, FactorsFillTheirRange) {
  expect_fills(0.5, 2, [](std::uint64_t seed) {
    return drawn_op<op::Contrast>(Contrast{{0.5, 2}, 1}, seed, 1).factor;
  });
}

}  // namespace
}  // namespace doppel::augment
