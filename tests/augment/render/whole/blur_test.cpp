// Blurs and filters over neighbours.
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "augment/render/through.h"
#include "augment/test_images.h"
#include "render/whole_op.h"

namespace doppel::augment {
namespace {

TEST(BlurOps, MedianBlurIsOpenCvs) {
  for (const int channels : {1, 3})  // alpha is left alone
    for (const auto& size : {cv::Size(1, 1), cv::Size(2, 7), cv::Size(37, 23)})
      for (const int wide : {1, 3, 5, 7}) {
        cv::Mat image(size, CV_8UC(channels)), theirs, floats, theirs_of_floats;
        cv::RNG rng(7);
        rng.fill(image, cv::RNG::UNIFORM, 0, 256);
        cv::medianBlur(image, theirs, wide);
        EXPECT_EQ(cv::norm(through(op::MedianBlur{wide}, image), theirs, cv::NORM_INF), 0)
            << size << " by " << wide;
        image.convertTo(floats, CV_32F, 1 / 255.0);
        theirs.convertTo(theirs_of_floats, CV_32F, 1 / 255.0);
        EXPECT_LT(cv::norm(through(op::MedianBlur{wide}, floats), theirs_of_floats, cv::NORM_INF), 1e-6);
      }
}

TEST(BlurOps, APointIsSpreadAsFarAsAsked) {
  cv::Mat point(61, 61, CV_32FC1, cv::Scalar(0));
  point.at<float>(30, 30) = 1;
  const auto check = [&](const Op& op, double xx, double yy, double xy, double near) {
    const cv::Moments m = cv::moments(through(op, point));
    EXPECT_NEAR(m.m00, 1, 1e-4) << name_of(op);
    EXPECT_NEAR(m.m10, 30, 0.01) << name_of(op);
    EXPECT_NEAR(m.m01, 30, 0.01) << name_of(op);
    EXPECT_NEAR(m.mu20, xx, near) << name_of(op);
    EXPECT_NEAR(m.mu02, yy, near) << name_of(op);
    EXPECT_NEAR(m.mu11, xy, near) << name_of(op);
  };
  check(op::GaussianBlur{2}, 4, 4, 0, 0.08);
  check(op::BoxBlur{5}, 2, 2, 0, 1e-3);  // (n² - 1) / 12
  check(op::EllipseBlur{3, 1, 0}, 9, 1, 0, 0.3);
  // Turned by 30 degrees: 9 and 1 along the axes; y points down.
  const double c2 = 0.75, s2 = 0.25, cs = std::sqrt(c2 * s2);
  check(op::EllipseBlur{3, 1, 30}, 9 * c2 + s2, 9 * s2 + c2, -8 * cs, 0.3);
  check(op::DiscBlur{6, 0}, 9, 9, 0, 0.5);  // radius² / 4
  check(op::DiscBlur{6, 1}, 10, 10, 0, 0.6);
  // Between the centres of 9 pixels lie 8; spread over neighbours, points gain 1/6.
  check(op::LineBlur{9, 0, 0}, 64 / 12.0 + 1 / 6.0, 0, 0, 0.2);
  check(op::LineBlur{9, 90, 0}, 0, 64 / 12.0 + 1 / 6.0, 0, 0.2);
}

TEST(BlurOps, KernelsAreCorrelatedNotTurnedOver) {
  const cv::Mat image = wavy(20, 30, 1, CV_32F);
  const cv::Mat out = through(op::Kernel{{0, 0, 0, 0, 0, 1, 0, 0, 0}}, image);  // from the right
  EXPECT_LT(cv::norm(out.colRange(0, 29), image.colRange(1, 30), cv::NORM_INF), 1e-6);
  EXPECT_LT(cv::norm(out.col(29), image.col(28), cv::NORM_INF), 1e-6);  // reflected
  EXPECT_TRUE(
      cv::checkRange(through(op::Kernel{{0, 0, 0, 0, 5, 0, 0, 0, -3}}, image), true, nullptr, 0, 1.001));
}

TEST(BlurOps, ZoomingStreaksAlongRays) {
  const cv::Mat image = wavy(40, 60, 3);
  EXPECT_EQ(largest_difference(through(op::ZoomBlur{1}, image), image), 0);
  cv::Mat point(101, 101, CV_32FC1, cv::Scalar(0));
  point.at<float>(50, 80) = 1;  // to the right of the centre
  const cv::Moments m = cv::moments(through(op::ZoomBlur{1.2}, point));
  EXPECT_GT(m.mu20, 10 * m.mu02);
  EXPECT_GT(m.m10 / m.m00, 81);  // outwards
  EXPECT_NEAR(m.m01 / m.m00, 50, 0.05);
}

TEST(BlurOps, ScatteredPixelsComeFromNearby) {
  cv::Mat places(40, 300, CV_32FC3);  // each pixel says where it is
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 300; ++x)
      places.at<cv::Vec3f>(y, x) = {static_cast<float>(x), static_cast<float>(y), 0};
  const cv::Mat out = apply_blur(op::Scatter{2, 1, 0, 5}, places);
  std::array<int, 5> dx{}, dy{};
  for (int y = 2; y < 38; ++y)
    for (int x = 2; x < 298; ++x) {
      const cv::Vec3f from = out.at<cv::Vec3f>(y, x);
      const int i = static_cast<int>(from[0]) - x + 2, j = static_cast<int>(from[1]) - y + 2;
      ASSERT_TRUE(i >= 0 && i < 5 && j >= 0 && j < 5);
      ++dx[static_cast<std::size_t>(i)];
      ++dy[static_cast<std::size_t>(j)];
    }
  for (std::size_t k = 0; k < 5; ++k) {
    EXPECT_NEAR(dx[k] / (36.0 * 296), 0.2, 0.02);
    EXPECT_NEAR(dy[k] / (36.0 * 296), 0.2, 0.02);
  }
}

}  // namespace
}  // namespace doppel::augment
