#include "doppel/augment/transforms/color/exposure_match.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(ExposureMatch, BringsTheMeanLumaToTheValue) {
  Sample sample;
  sample.image = 0.5 * wavy(30, 40, 3, CV_32F);
  for (const double mean : {0.2, 0.3, 0.4}) {
    const cv::Scalar out = cv::mean(Recipe{ExposureMatch{{mean, mean}, 1}}.apply(sample, {}).image);
    EXPECT_NEAR(0.299 * out[0] + 0.587 * out[1] + 0.114 * out[2], mean, 1e-4);
  }
}

TEST(ExposureMatch, GainsAreHeldBetweenOneHalfAndThree) {
  EXPECT_NEAR(on_color(ExposureMatch{{0.6, 0.6}, 1}, {0.1, 0.1, 0.1})[0], 0.3, 1e-6);
  EXPECT_NEAR(on_color(ExposureMatch{{0.2, 0.2}, 1}, {0.9, 0.9, 0.9})[0], 0.45, 1e-6);
  EXPECT_EQ(cv::norm(on_color(ExposureMatch{{0.6, 0.6}, 1}, {0, 0, 0})), 0);  // black stays black
  expect_fills(0.2, 0.6,
               [](std::uint64_t seed) { return drawn_op<op::Exposure>(ExposureMatch{.p = 1}, seed).target; });
}

}  // namespace
}  // namespace doppel::augment
