#include "doppel/augment/transforms/color/negative.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(Negative, EachLevelBecomesItsComplement) {
  const auto levels = on_each_level(Negative{1});
  for (int v = 0; v < 256; ++v) EXPECT_EQ(levels(0, v), 255 - v);
  EXPECT_LT(cv::norm(on_color(Negative{1}, {0.1, 0.5, 1}) - cv::Vec3d(0.9, 0.5, 0)), 1e-6);
}

TEST(Negative, TwiceIsTheImageAndAlphaStays) {
  Sample sample;
  sample.image = wavy(12, 13, 4);
  const Sample once = Recipe{Negative{1}}.apply(sample, {});
  EXPECT_EQ(largest_difference(Recipe{Negative{1}}.apply(once, {}).image, sample.image), 0);
  cv::Mat before, after;
  cv::extractChannel(sample.image, before, 3);
  cv::extractChannel(once.image, after, 3);
  EXPECT_EQ(largest_difference(before, after), 0);
}

}  // namespace
}  // namespace doppel::augment
