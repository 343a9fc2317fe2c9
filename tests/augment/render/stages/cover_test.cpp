// Stages that hide pixels.
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/render/through.h"
#include "augment/test_images.h"
#include "render/stages/shapes.h"

namespace doppel::augment {
namespace {

TEST(CoverStages, HolesAreFilledAndNothingElse) {
  for (const int depth : {CV_8U, CV_32F})
    for (const CoverFill fill : {CoverFill::Color, CoverFill::Mean, CoverFill::Noise}) {
      const cv::Mat image = wavy(30, 200, 3, depth);
      const op::Cover cover{{150, 4, 60, 5, 3, 8, 1, 1}, fill, {0.2, 0.4, 0.6}, 9};  // the first is cut
      cv::Mat out = through(cover, image);
      const cv::Scalar full = cv::Scalar::all(depth == CV_8U ? 255 : 1);
      const cv::Mat hole = out(cv::Rect(150, 4, 50, 5)).clone();
      const cv::Scalar wanted =
          fill == CoverFill::Color ? cv::Scalar(0.2, 0.4, 0.6).mul(full) : cv::mean(image);
      if (fill != CoverFill::Noise) {
        EXPECT_LE(largest_difference(hole, cv::Mat(hole.size(), hole.type(), wanted)), 0.51);
      } else {  // uniform
        cv::Scalar mean, deviation;
        cv::meanStdDev(hole.reshape(1), mean, deviation);
        EXPECT_NEAR(mean[0] / full[0], 0.5, 0.04);
        EXPECT_NEAR(deviation[0] / full[0], std::sqrt(1 / 12.0), 0.02);
      }
      for (const cv::Rect& rect : {cv::Rect(150, 4, 50, 5), cv::Rect(3, 8, 1, 1)})
        image(rect).copyTo(out(rect));
      EXPECT_LE(largest_difference(out, image), 1e-4);
    }
}

TEST(CoverStages, ShapesHaveTheirAreasAndCoverWhatTheyPaint) {
  using Kind = op::Shapes::Kind;
  const cv::Mat image(100, 120, CV_8UC1, cv::Scalar(0));
  for (const auto& [shape, area] :
       {std::pair{op::Shapes{Kind::Ellipse, {60, 50, 30, 12, 25}, {1, 1, 1}}, 3.14159265 * 30 * 12},
        {op::Shapes{Kind::Stroke, {20, 20, 80, 60, 9}, {1, 1, 1}}, 9 * std::hypot(60, 40)},
        {op::Shapes{Kind::Triangle, {10, 10, 110, 30, 50, 90}, {1, 1, 1}}, 0.5 * (100 * 80 - 20 * 40)}}) {
    const cv::Mat out = through(shape, image);
    EXPECT_NEAR(cv::countNonZero(out), area, 0.02 * area);
    for (int y = 0; y < out.rows; ++y)
      for (int x = 0; x < out.cols; ++x)
        ASSERT_EQ(out.at<unsigned char>(y, x) == 255, shape_covers(shape, {x + 0.5, y + 0.5}))
            << x << " " << y;
  }
  // Angles are counter-clockwise as one sees it: the long axis rises to the right.
  const cv::Mat turned = through(op::Shapes{Kind::Ellipse, {60, 50, 30, 12, 25}, {1, 1, 1}}, image);
  EXPECT_EQ(turned.at<unsigned char>(50 - 10, 60 + 23), 255);
  EXPECT_EQ(turned.at<unsigned char>(50 + 10, 60 + 23), 0);
}

TEST(CoverStages, GridsCoverTheSquareOfTheirRatio) {
  const cv::Mat image(256, 256, CV_8UC3, cv::Scalar::all(255));
  for (const double angle : {0.0, 17.0, 90.0, 200.0})
    for (const double ratio : {0.0, 0.3, 0.5, 1.0}) {
      const cv::Mat out =
          through(op::CoverGrid{.unit = 16, .ratio = ratio, .angle = angle, .x = 3, .y = 5}, image);
      cv::Mat first;
      cv::extractChannel(out, first, 0);
      EXPECT_NEAR(1 - cv::countNonZero(first) / 65536.0, ratio * ratio, 0.04) << angle;
    }
  // Upright, a cell begins at the offset.
  const cv::Mat out = through(op::CoverGrid{.unit = 16, .ratio = 0.5, .x = 3, .y = 5}, image);
  EXPECT_EQ(out.at<cv::Vec3b>(5, 3)[0], 0);
  EXPECT_EQ(out.at<cv::Vec3b>(12, 10)[0], 0);
  EXPECT_EQ(out.at<cv::Vec3b>(13, 10)[0], 255);
  EXPECT_EQ(out.at<cv::Vec3b>(5, 2)[0], 255);
}

TEST(CoverStages, SinglePixelsAreHitByChance) {
  const cv::Mat image(200, 200, CV_8UC3, cv::Scalar::all(100));
  const cv::Mat dropped = through(op::PixelDropout{0.2, {1, 0, 0.5}, 3}, image);
  int hit = 0;
  for (const auto& p : cv::Mat_<cv::Vec3b>(dropped)) {
    const bool is = p == cv::Vec3b(255, 0, 128);
    ASSERT_TRUE(is || p == cv::Vec3b(100, 100, 100));
    hit += is;
  }
  EXPECT_NEAR(hit / 40000.0, 0.2, 0.01);
  EXPECT_EQ(cv::countNonZero(through(op::PixelDropout{1}, image).reshape(1)), 0);
  for (const bool apart : {false, true}) {
    int mixed = 0;
    for (const auto& p : cv::Mat_<cv::Vec3b>(through(op::SaltPepper{0.3, 0.5, apart, 3}, image)))
      mixed += p[0] != p[1] || p[1] != p[2];
    EXPECT_EQ(mixed > 0, apart);
  }
}

}  // namespace
}  // namespace doppel::augment
