#include "doppel/augment/transforms/quality/downscale.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Downscale, NearestPixelsAreOpenCvs) {
  for (const int depth : {CV_8U, CV_32F})
    for (const int channels : {1, 3})
      for (const cv::Size size :
           {cv::Size(1, 1), cv::Size(1, 19), cv::Size(31, 1), cv::Size(57, 43), cv::Size(128, 97)})
        for (const double factor : {0.01, 0.25, 0.37, 0.5, 0.61, 0.75, 0.99}) {
          Sample sample;
          sample.image = wavy(size.height, size.width, channels, depth);
          const auto side = [&](int n) { return std::max(1, static_cast<int>(std::lround(n * factor))); };
          cv::Mat small, want;
          cv::resize(sample.image, small, {side(size.width), side(size.height)}, 0, 0, cv::INTER_NEAREST);
          cv::resize(small, want, size, 0, 0, cv::INTER_NEAREST);
          const Recipe recipe{Downscale{{factor, factor}, Filter::Nearest, Filter::Nearest, 1}};
          EXPECT_EQ(largest_difference(recipe.apply(sample, {}).image, want), 0)
              << size << channels << " " << factor;
        }
}

TEST(Downscale, GrowsBackSmoothlyWhereItsFilterIsSmooth) {
  Sample sample;
  sample.image = cv::Mat(32, 64, CV_32FC1);
  for (int x = 0; x < 64; ++x) sample.image.col(x) = (x + 0.5) / 64;
  for (const auto up : {Filter::Bilinear, Filter::Bicubic}) {
    const cv::Mat out = Recipe{Downscale{{0.25, 0.25}, Filter::Area, up, 1}}.apply(sample, {}).image;
    const cv::Rect inside(8, 8, 48, 16);
    EXPECT_LE(largest_difference(out(inside), sample.image(inside)), 1);  // where squares would show 6
  }
}

TEST(Downscale, OfAllItKeepsAll) {
  Sample sample;
  sample.image = wavy(9, 9, 1);
  EXPECT_TRUE((Recipe{Downscale{{1, 1}, Filter::Area, Filter::Nearest, 1}}.draw(sample, {}).ops.empty()));
}

}  // namespace
}  // namespace doppel::augment
