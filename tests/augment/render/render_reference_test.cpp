// The plain renderer by hand; that the fused one agrees is tests/properties/renderers_test.cpp.
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/render/render.h"

namespace doppel::augment {
namespace {

TEST(RenderReference, WarpsReadBetweenPixels) {
  const cv::Mat row = (cv::Mat_<float>(1, 4) << 0.1F, 0.5F, 0.3F, 0.9F);
  const Fill red{Fill::Kind::Color, {1, 0, 0, 1}};
  const auto moved = [&](double by, Filter filter) {
    return render_reference({{1, 4}, {op::Warp{translation(by, 0), {1, 4}, red, filter}}}, row);
  };
  const cv::Mat half = moved(0.5, Filter::Bilinear);
  for (const auto& [x, wanted] : {std::pair{0, 0.55}, {1, 0.3}, {2, 0.4}, {3, 0.6}})
    EXPECT_NEAR(half.at<float>(0, x), wanted, 1e-6) << x;
  EXPECT_NEAR(moved(1, Filter::Nearest).at<float>(0, 3), 0.3, 1e-6);
  EXPECT_NEAR(moved(1, Filter::Nearest).at<float>(0, 0), 1, 1e-6);
  // Keys' cubic of a = -3/4 half way between 0.5 and 0.3.
  EXPECT_NEAR(moved(0.5, Filter::Bicubic).at<float>(0, 2), 0.59375 * 0.8 - 0.09375 * (0.1 + 0.9), 1e-6);
}

TEST(RenderReference, ShrinkingTakesMeans) {
  cv::Mat image(4, 6, CV_32FC1);
  for (int i = 0; i < 24; ++i) image.at<float>(i / 6, i % 6) = static_cast<float>(i) / 24;
  const cv::Mat small = render_reference({{4, 6}, {op::Resize{{1, 2}}}}, image);
  EXPECT_NEAR(small.at<float>(0, 0), (1 + 9) / 24.0, 1e-6);  // columns 0 to 2 of every row: mean 1 + 6 · 1.5
  EXPECT_NEAR(small.at<float>(0, 1), (4 + 9) / 24.0, 1e-6);
}

TEST(RenderReference, OpsComeOneAfterTheOther) {
  const cv::Mat image = (cv::Mat_<unsigned char>(1, 3) << 0, 100, 200);
  const Plan plan{{1, 3}, {op::Solarize{op::Solarize::Mode::Invert, 0.5}, op::Flip{}, op::Gamma{2}}};
  const cv::Mat out = render_reference(plan, image);
  for (const auto& [x, before] : {std::pair{0, 55 / 255.0}, {1, 100 / 255.0}, {2, 0.0}})
    EXPECT_NEAR(out.at<unsigned char>(0, x), 255 * before * before, 0.6) << x;
}

TEST(RenderReference, NormalizesByItsNumbersOrTheImages) {
  const cv::Mat image = wavy(12, 13, 3);
  const cv::Mat out =
      render_reference({{12, 13}, {op::Normalize{.mean = {0.1, 0.2, 0.3}, .std = {0.5, 2, 4}}}}, image);
  ASSERT_EQ(out.type(), CV_32FC3);
  EXPECT_NEAR(out.at<cv::Vec3f>(5, 6)[1], (image.at<cv::Vec3b>(5, 6)[1] / 255.0 - 0.2) / 2, 1e-6);
  cv::Scalar mean, deviation;
  cv::meanStdDev(render_reference({{12, 13}, {op::Normalize{.per_image = true}}}, image), mean, deviation);
  for (int c = 0; c < 3; ++c) {
    EXPECT_NEAR(mean[c], 0, 1e-4);
    EXPECT_NEAR(deviation[c], 1, 1e-4);
  }
}

}  // namespace
}  // namespace doppel::augment
