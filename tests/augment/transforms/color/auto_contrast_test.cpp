#include "doppel/augment/transforms/color/auto_contrast.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <vector>

#include "augment/test_images.h"
#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(AutoContrast, EachChannelComesToFillTheRange) {
  Sample sample;
  sample.image = wavy(20, 30, 4) / 2 + cv::Scalar(10, 40, 90, 20);
  const Recipe stretch{AutoContrast{.p = 1}};
  const Sample out = stretch.apply(sample, {});
  std::vector<cv::Mat> before, after;
  cv::split(sample.image, before);
  cv::split(out.image, after);
  for (std::size_t c = 0; c < 3; ++c) {
    double low = 0, high = 0, dark = 0, light = 0;
    cv::minMaxLoc(before[c], &low, &high);
    cv::minMaxLoc(after[c], &dark, &light);
    EXPECT_EQ(dark, 0);
    EXPECT_EQ(light, 255);
    // A line: what was halfway is halfway.
    const cv::Mat wanted = (before[c] - low) * (255 / (high - low));
    EXPECT_LE(largest_difference(after[c], wanted), 1);
  }
  EXPECT_EQ(largest_difference(before[3], after[3]), 0);
  EXPECT_EQ(largest_difference(stretch.apply(out, {}).image, out.image), 0);  // nothing is left to stretch
}

TEST(AutoContrast, CutsAShareAtEachEnd) {
  // A speck of each extreme holds the range open until it's cut.
  Sample sample;
  sample.image = cv::Mat(10, 10, CV_8UC1, cv::Scalar(100));
  sample.image.colRange(5, 10) = cv::Scalar(120);
  sample.image.at<unsigned char>(0, 0) = 0;
  sample.image.at<unsigned char>(9, 9) = 255;
  const AutoContrast all{.p = 1}, inner{.cutoff = {0.01, 0.01}, .p = 1};
  EXPECT_EQ(largest_difference(Recipe{all}.apply(sample, {}).image, sample.image), 0);
  const cv::Mat out = Recipe{inner}.apply(sample, {}).image;
  EXPECT_EQ(cv::countNonZero(out == 0), 50);
  EXPECT_EQ(cv::countNonZero(out == 255), 50);
  expect_fills(0.1, 0.3, [](std::uint64_t seed) {
    return drawn_op<op::AutoContrast>(AutoContrast{.cutoff = {0.1, 0.3}, .p = 1}, seed).cutoff;
  });
}

}  // namespace
}  // namespace doppel::augment
