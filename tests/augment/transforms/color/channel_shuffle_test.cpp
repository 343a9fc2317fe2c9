#include "doppel/augment/transforms/color/channel_shuffle.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(ChannelShuffle, AllSixOrdersComeAlike) {
  std::map<std::array<double, 3>, int> orders;
  for (std::uint64_t seed = 0; seed < 1200; ++seed) {
    const cv::Vec3d out = on_color(ChannelShuffle{1}, {0, 0.5, 1}, seed);
    ++orders[{out[0], out[1], out[2]}];
  }
  EXPECT_EQ(orders.size(), 6U);
  for (const auto& [order, times] : orders) {
    EXPECT_EQ(order[0] + order[1] + order[2], 1.5);  // each channel once
    EXPECT_EQ(order[0] * order[1] * order[2], 0);
    EXPECT_NEAR(times, 200, 55);
  }
}

TEST(ChannelShuffle, AlphaStaysWhereItIs) {
  Sample sample;
  sample.image = cv::Mat(2, 2, CV_8UC4, cv::Scalar(10, 20, 30, 40));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto out = Recipe{ChannelShuffle{1}}.apply(sample, {.seed = seed}).image.at<cv::Vec4b>(1, 1);
    EXPECT_EQ(out[3], 40);
    EXPECT_EQ(out[0] + out[1] + out[2], 60);
  }
  EXPECT_TRUE(leaves_grey_alone(ChannelShuffle{1}));
}

}  // namespace
}  // namespace doppel::augment
