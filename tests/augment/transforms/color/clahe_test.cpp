#include "doppel/augment/transforms/color/clahe.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(Clahe, SpreadsTheTonesOfEachTileAsFarAsTheClipLets) {
  // Two calm halves, one dark and one light: the whole has contrast, its parts haven't.
  Sample sample;
  sample.image = cv::Mat(64, 64, CV_8UC1);
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 64; ++x)
      sample.image.at<unsigned char>(y, x) = static_cast<unsigned char>((x < 32 ? 60 : 200) + (x + y) % 8);
  const auto spread = [](const cv::Mat& image, int x) {
    cv::Scalar mean, deviation;
    cv::meanStdDev(image.colRange(x, x + 16), mean, deviation);
    return deviation[0];
  };
  double before_left = spread(sample.image, 0), before_right = spread(sample.image, 48);
  for (const double clip : {2.0, 8.0, 40.0}) {
    const cv::Mat out = Recipe{Clahe{{clip, clip}, 2, 1}}.apply(sample, {}).image;
    EXPECT_GT(spread(out, 0), 1.3 * before_left) << clip;
    EXPECT_GT(spread(out, 48), 1.3 * before_right) << clip;
    before_left = spread(out, 0);
    before_right = spread(out, 48);
  }
  EXPECT_GT(before_left, 60);  // unclipped, eight tones fill the range
}

TEST(Clahe, DrawsTheClipAndBearsOnePixel) {
  expect_fills(1, 4, [](std::uint64_t seed) {
    const auto drawn = drawn_op<op::Clahe>(Clahe{.tiles = 5, .p = 1}, seed);
    EXPECT_EQ(drawn.tiles, 5);
    return drawn.clip;
  });
  for (const int channels : {1, 3, 4}) {
    const cv::Mat out = Recipe{Clahe{.p = 1}}.apply(flat_sample(1, 1, 0.5, channels), {}).image;
    EXPECT_EQ(out.type(), CV_32FC(channels));
    EXPECT_TRUE(cv::checkRange(out, true, nullptr, 0, 1.0001));
  }
}

}  // namespace
}  // namespace doppel::augment
