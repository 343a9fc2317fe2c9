#include "doppel/augment/transforms/color/equalize.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Equalize, MakesTonesThatAreAsFrequentEvenlySpaced) {
  Sample sample;
  sample.image = (cv::Mat_<unsigned char>(2, 4) << 10, 10, 11, 11, 90, 90, 91, 91);
  const cv::Mat wanted = (cv::Mat_<unsigned char>(2, 4) << 0, 0, 85, 85, 170, 170, 255, 255);
  EXPECT_EQ(largest_difference(Recipe{Equalize{1}}.apply(sample, {}).image, wanted), 0);
}

TEST(Equalize, OnlyTheOrderOfTonesMatters) {
  // Each channel by itself, and alpha not at all.
  Sample a, b;
  a.image = wavy(40, 50, 4) / 2;
  b.image = a.image.clone();
  for (auto& v : cv::Mat_<cv::Vec4b>(b.image)) {
    v[0] = static_cast<unsigned char>(v[0] + 90);                     // lighter
    v[1] = static_cast<unsigned char>(2 * v[1]);                      // more contrast
    v[2] = static_cast<unsigned char>(v[2] < 60 ? v[2] : v[2] + 50);  // a gap
  }
  EXPECT_GT(largest_difference(a.image, b.image), 80);
  const cv::Mat out = Recipe{Equalize{1}}.apply(a, {}).image;
  EXPECT_EQ(largest_difference(out, Recipe{Equalize{1}}.apply(b, {}).image), 0);
  for (int c = 0; c < 4; ++c) {
    cv::Mat before, after;
    cv::extractChannel(a.image, before, c);
    cv::extractChannel(out, after, c);
    if (c == 3) {
      EXPECT_EQ(largest_difference(before, after), 0);
    } else {
      EXPECT_NEAR(cv::mean(after)[0], 127.5, 6);  // as a flat histogram's
    }
  }
}

}  // namespace
}  // namespace doppel::augment
