// Loss of quality; JPEG and Downscale's nearest pixels are in tests/augment/transforms.
#include <gtest/gtest.h>

#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "augment/render/through.h"
#include "augment/test_images.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(QualityOps, WebpLosesLittleAtHighQuality) {
  for (const int channels : {1, 3}) {
    cv::Mat image;
    cv::GaussianBlur(wavy(40, 56, channels), image, {0, 0}, 3);
    const auto loss = [&](int quality) {
      return cv::norm(through(op::Webp{quality}, image), image, cv::NORM_L1) /
             double(image.total() * image.elemSize());
    };
    EXPECT_LT(loss(98), 2.5);
    EXPECT_GT(loss(1), loss(98));
  }
  EXPECT_EQ(error_of([] { through(op::Webp{50}, cv::Mat::zeros(1, 16384, CV_8UC3)); }),
            "WebP can't hold an image of 1x16384 (at most 16383 a side)");
}

TEST(QualityOps, DownscaledBlocksAreTheirMeans) {
  const cv::Mat image = wavy(20, 28, 3, CV_32F);
  const cv::Mat out = through(op::Downscale{0.25, Filter::Area, Filter::Nearest}, image);
  for (int y = 0; y < 20; ++y)
    for (int x = 0; x < 28; ++x) {
      const cv::Scalar mean = cv::mean(image(cv::Rect(x / 4 * 4, y / 4 * 4, 4, 4)));
      for (int c = 0; c < 3; ++c) ASSERT_NEAR(out.at<cv::Vec3f>(y, x)[c], mean[c], 1e-5);
    }
  EXPECT_LT(largest_difference(through(op::Downscale{1, Filter::Bilinear, Filter::Bilinear}, image), image),
            1e-3);
}

TEST(QualityOps, MosaicsKeepWhatEachPhotositeSees) {
  const cv::Mat image = wavy(11, 14, 3, CV_32F);
  const cv::Mat out = through(op::BayerMosaic{}, image);
  const auto at = [](const cv::Mat& m, int y, int x, int c) { return m.at<cv::Vec3f>(y, x)[c]; };
  for (int y = 1; y < 10; ++y)
    for (int x = 1; x < 13; ++x) {
      const int own = (y & 1) + (x & 1);  // RGGB
      ASSERT_EQ(at(out, y, x, own), at(image, y, x, own));
      if (own == 1) continue;
      ASSERT_NEAR(at(out, y, x, 1),
                  (at(image, y - 1, x, 1) + at(image, y + 1, x, 1) + at(image, y, x - 1, 1) +
                   at(image, y, x + 1, 1)) /
                      4,
                  1e-6);
      const int other = 2 - own;
      ASSERT_NEAR(at(out, y, x, other),
                  (at(image, y - 1, x - 1, other) + at(image, y + 1, x + 1, other) +
                   at(image, y - 1, x + 1, other) + at(image, y + 1, x - 1, other)) /
                      4,
                  1e-6);
    }
  const cv::Mat grey = wavy(5, 6, 1), one = wavy(1, 1, 3);
  EXPECT_EQ(largest_difference(through(op::BayerMosaic{}, grey), grey), 0);
  EXPECT_EQ(largest_difference(through(op::BayerMosaic{}, one), one), 0);  // no neighbours to look at
}

TEST(QualityOps, InterlacedRowsComeFromTheSide) {
  const cv::Mat image = wavy(9, 20, 3), out = through(op::Interlace{3}, image);
  for (int y = 0; y < 9; ++y)
    for (int x = 0; x < 20; ++x)
      ASSERT_EQ(out.at<cv::Vec3b>(y, x), image.at<cv::Vec3b>(y, y % 2 ? std::max(0, x - 3) : x));
}

TEST(QualityOps, ClaheIsOfTheLightness) {
  const cv::Mat grey = wavy(64, 80, 1);
  cv::Mat expected;
  cv::createCLAHE(3, {4, 4})->apply(grey, expected);
  EXPECT_EQ(largest_difference(through(op::Clahe{3, 4}, grey), expected), 0);
  // Colours keep their hue: a and b of Lab, within what clipping leaves.
  const cv::Mat image = 0.5 * wavy(64, 80, 3) + cv::Scalar::all(60);
  cv::Mat before, after;
  cv::cvtColor(image, before, cv::COLOR_RGB2Lab);
  cv::cvtColor(through(op::Clahe{1.2, 2}, image), after, cv::COLOR_RGB2Lab);
  EXPECT_LT(std::abs(cv::mean(after)[1] - cv::mean(before)[1]), 2);
  EXPECT_LT(std::abs(cv::mean(after)[2] - cv::mean(before)[2]), 2);
  EXPECT_GT(cv::norm(after, before, cv::NORM_INF), 5);
}

TEST(QualityOps, RedAndBlueAreScaledAboutTheCentre) {
  cv::Mat image(81, 121, CV_32FC3, cv::Scalar::all(0));
  cv::circle(image, {90, 40}, 4, cv::Scalar::all(1), cv::FILLED);  // 30 to the right of the centre
  const cv::Mat out = through(op::Chromatic{0.1, -0.1}, image);
  cv::Mat planes[3];
  cv::split(out, planes);
  const auto x = [&](int c) {
    const cv::Moments m = cv::moments(planes[c]);
    return m.m10 / m.m00;
  };
  EXPECT_NEAR(x(0), 93, 0.1);
  EXPECT_NEAR(x(1), 90, 1e-6);
  EXPECT_NEAR(x(2), 87, 0.1);
  const cv::Mat any = wavy(20, 21, 3);
  EXPECT_EQ(largest_difference(through(op::Chromatic{}, any), any), 0);
}

}  // namespace
}  // namespace doppel::augment
