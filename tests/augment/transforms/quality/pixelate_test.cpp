#include "doppel/augment/transforms/quality/pixelate.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Pixelate, SquaresShowTheirMeans) {
  // A tenth of the short side of 40: four pixels.
  for (const int depth : {CV_8U, CV_32F}) {
    Sample sample;
    sample.image = wavy(40, 60, 3, depth);
    const cv::Mat out = Recipe{Pixelate{{0.1, 0.1}, 1}}.apply(sample, {}).image;
    for (int y = 0; y < 40; y += 4)
      for (int x = 0; x < 60; x += 4) {
        const cv::Rect square(x, y, 4, 4);
        const cv::Mat mean(4, 4, out.type(), cv::mean(sample.image(square)));
        EXPECT_LE(largest_difference(out(square), mean), depth == CV_8U ? 1 : 1e-2) << x << " " << y;
        for (int i = 1; i < 16; ++i)
          EXPECT_EQ(
              cv::norm(out(cv::Rect(x + i % 4, y + i / 4, 1, 1)), out(cv::Rect(x, y, 1, 1)), cv::NORM_INF),
              0);
      }
  }
}

TEST(Pixelate, AgainItChangesNothing) {
  Sample sample;
  sample.image = wavy(50, 75, 3);
  const Recipe recipe{Pixelate{{0.1, 0.1}, 1}};
  const Sample once = recipe.apply(sample, {});
  EXPECT_GT(largest_difference(once.image, sample.image), 20);
  EXPECT_EQ(largest_difference(recipe.apply(once, {}).image, once.image), 0);
}

TEST(Pixelate, TheShortSideWideItLeavesSquaresOfIt) {
  Sample sample;
  sample.image = wavy(16, 48, 1, CV_32F);
  const cv::Mat out = Recipe{Pixelate{{1, 1}, 1}}.apply(sample, {}).image;
  for (int x = 0; x < 48; x += 16) {
    const cv::Rect square(x, 0, 16, 16);
    const cv::Mat mean(16, 16, CV_32F, cv::mean(sample.image(square)));
    EXPECT_LE(largest_difference(out(square), mean), 1e-2);
  }
}

}  // namespace
}  // namespace doppel::augment
