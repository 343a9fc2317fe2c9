#include "doppel/augment/transforms/quality/webp_compression.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(WebpCompression, KeepsFlatColours) {
  for (const int quality : {1, 50, 100}) {
    Sample sample;
    sample.image = cv::Mat(33, 17, CV_8UC3, cv::Scalar(30, 180, 90));
    const cv::Mat out = Recipe{WebpCompression{{quality, quality}, 1}}.apply(sample, {}).image;
    EXPECT_LE(largest_difference(out, sample.image), 6) << quality;
  }
}

TEST(WebpCompression, FloatsGoThroughBytesAndAlphaStays) {
  Sample bytes, floats;
  bytes.image = wavy(40, 56, 4);
  bytes.image.convertTo(floats.image, CV_32F, 1 / 255.0);
  const Recipe recipe{WebpCompression{{30, 30}, 1}};
  const cv::Mat out = recipe.apply(bytes, {}).image;
  cv::Mat of_floats, before, after;
  recipe.apply(floats, {}).image.convertTo(of_floats, CV_8U, 255);
  EXPECT_EQ(largest_difference(out, of_floats), 0);
  EXPECT_GT(largest_difference(out, bytes.image), 5);
  cv::extractChannel(bytes.image, before, 3);
  cv::extractChannel(out, after, 3);
  EXPECT_EQ(largest_difference(before, after), 0);
}

}  // namespace
}  // namespace doppel::augment
