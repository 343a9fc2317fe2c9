// Images that a decoder has halved already.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "doppel/codec/jpeg.h"

namespace doppel::augment {
namespace {

Plan shrinking(Size source, Size out) { return {source, {op::Resize{out, Filter::Bilinear}}}; }

double mean_difference(const cv::Mat& a, const cv::Mat& b) {
  cv::Mat difference;
  cv::absdiff(a, b, difference);
  const cv::Scalar mean = cv::mean(difference);
  return std::max({mean[0], mean[1], mean[2]});
}

cv::Mat rendered(const Plan& plan, const cv::Mat& image, int halved) {
  cv::Mat out(plan.size().height, plan.size().width, image.type());
  Target target{out.data, plan.size(), image.channels(), PixelType::U8, Layout::HWC};
  render(plan, image, target, {}, halved);
  return out;
}

TEST(Halved, AsOftenAsThePlanShrinks) {
  EXPECT_EQ(source_halvings(shrinking({400, 600}, {400, 600})), 0);
  EXPECT_EQ(source_halvings(shrinking({400, 600}, {101, 151})), 0);
  EXPECT_EQ(source_halvings(shrinking({400, 600}, {100, 150})), 1);
  EXPECT_EQ(source_halvings(shrinking({400, 600}, {30, 50})), 2);
  EXPECT_EQ(source_halvings(shrinking({400, 600}, {20, 150})), 1) << "the other axis has no more to spare";
  EXPECT_EQ(
      source_halvings({{400, 600}, {op::Crop{10, 20, {80, 80}}, op::Resize{{20, 20}, Filter::Bilinear}}}), 1);
  EXPECT_EQ(source_halvings({{400, 600}, {op::Resize{{40, 40}, Filter::Nearest}}}), 0);
  EXPECT_EQ(source_halvings({{400, 600}, {op::GaussianBlur{2}, op::Resize{{40, 40}, Filter::Bilinear}}}), 0);
}

TEST(Halved, GivesNearlyTheSameImage) {
  cv::Mat image;
  cv::GaussianBlur(wavy(301, 443, 3), image, {0, 0}, 4);
  cv::Mat half, quarter;
  cv::copyMakeBorder(image, half, 0, 3, 0, 1, cv::BORDER_REPLICATE);
  cv::resize(half, quarter, {111, 76}, 0, 0, cv::INTER_AREA);
  cv::resize(half(cv::Rect(0, 0, 444, 302)), half, {222, 151}, 0, 0, cv::INTER_AREA);
  const Size size{301, 443};
  const std::vector<Plan> plans{
      shrinking(size, {35, 50}),
      {size, {op::Crop{40, 31, {250, 360}}, op::Resize{{30, 40}, Filter::Bilinear}, op::Flip{}}},
      {size, {op::Resize{{30, 45}, Filter::Bilinear}, op::Solarize{}}}};
  for (const Plan& plan : plans) {
    const cv::Mat whole = rendered(plan, image, 0);
    EXPECT_LT(mean_difference(rendered(plan, half, 1), whole), 1.0);
    EXPECT_LT(mean_difference(rendered(plan, quarter, 2), whole), 1.5);
  }
}

TEST(Halved, TooSmallAnImageIsRefused) {
  const Plan plan = shrinking({40, 60}, {9, 14});
  EXPECT_NO_THROW(rendered(plan, wavy(20, 30, 3), 1));
  EXPECT_THROW(rendered(plan, wavy(10, 15, 3), 2), Error);
  EXPECT_THROW(rendered(plan, wavy(21, 30, 3), 1), Error);
}

TEST(Halved, JpegsAreHalvedWhileDecoding) {
  for (const int channels : {1, 3}) {
    cv::Mat image;
    cv::GaussianBlur(wavy(203, 333, channels), image, {0, 0}, 3);
    const auto bytes = encode_jpeg(image, 95);
    for (const int times : {1, 2, 3}) {
      const int n = 1 << times;
      cv::Mat halved((203 + n - 1) / n, (333 + n - 1) / n, image.type(), cv::Scalar::all(0)), padded,
          expected;
      JpegReader(bytes).read_halved(times, {0, 0, 333, 203}, halved);
      cv::copyMakeBorder(image, padded, 0, halved.rows * n - 203, 0, halved.cols * n - 333,
                         cv::BORDER_REPLICATE);
      cv::resize(padded, expected, halved.size(), 0, 0, cv::INTER_AREA);
      EXPECT_LT(mean_difference(halved, expected), 2) << times;
      // A part above needs no more rows than its own.
      cv::Mat part(halved.size(), halved.type(), cv::Scalar::all(0));
      JpegReader(bytes).read_halved(times, {0, 0, 333, 60}, part);
      const cv::Rect top(0, 0, part.cols, 60 / n);
      EXPECT_EQ(cv::norm(part(top), halved(top), cv::NORM_INF), 0);
    }
  }
}

TEST(Halved, AZonePlateShowsNoMoreAliasingThanByAreas) {
  cv::Mat plate(1024, 1024, CV_8UC1);
  for (int y = 0; y < plate.rows; ++y)
    for (int x = 0; x < plate.cols; ++x) {
      const double r2 = (x - 511.5) * (x - 511.5) + (y - 511.5) * (y - 511.5);
      plate.at<std::uint8_t>(y, x) =
          static_cast<std::uint8_t>(127.5 + 127 * std::cos(3.14159265 * r2 / 1024));
    }
  const auto bytes = encode_jpeg(plate, 95);
  for (const int out : {60, 100, 150, 240}) {
    const Plan plan = shrinking({1024, 1024}, {out, out});
    const int times = std::min(3, source_halvings(plan));
    ASSERT_GT(times, 0);
    cv::Mat halved(1024 >> times, 1024 >> times, CV_8UC1), areas;
    JpegReader(bytes).read_halved(times, {0, 0, 1024, 1024}, halved);
    cv::resize(plate, areas, {out, out}, 0, 0, cv::INTER_AREA);
    // Rings finer than two output pixels should be grey: those beyond the radius where they become so.
    const auto aliasing = [&](const cv::Mat& small) {
      double sum = 0;
      int n = 0;
      const double scale = 1024.0 / out, radius = 512 / scale * 1.1;
      for (int y = 0; y < out; ++y)
        for (int x = 0; x < out; ++x) {
          const double r = std::hypot((x + 0.5) * scale - 512, (y + 0.5) * scale - 512);
          if (r < radius) continue;
          sum += std::pow(small.at<std::uint8_t>(y, x) - 127.5, 2);
          ++n;
        }
      return std::sqrt(sum / n);
    };
    EXPECT_LE(aliasing(rendered(plan, halved, times)), aliasing(areas) * 1.05 + 0.5) << out;
  }
}

}  // namespace
}  // namespace doppel::augment
