#include "doppel/augment/transforms/crop/resize.h"

#include <gtest/gtest.h>

#include <array>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Resize, ScalesImageAndTargetsWhateverTheAspect) {
  Sample sample = flat_sample(20, 30, 0.5);
  sample.boxes = {{3, 4, 9, 10, 0, 1}};
  sample.keypoints = {{3, 4, 0, 2, 0, 1}};
  sample.masks = {cv::Mat(20, 30, CV_8U, cv::Scalar(7))};
  const Sample out = Recipe{Resize{.size = {80, 30}}}.apply(sample, {});
  EXPECT_EQ(size_of(out.image), (Size{80, 30}));
  EXPECT_EQ(size_of(out.masks.at(0)), (Size{80, 30}));
  EXPECT_EQ(cv::countNonZero(out.masks[0] == 7), 80 * 30);
  EXPECT_EQ(out.boxes.at(0), (Box{3, 16, 9, 40, 0, 1}));
  EXPECT_NEAR(out.keypoints.at(0).scale, 4, 1e-12);  // the area grew fourfold
}

TEST(Resize, ReadsBetweenPixelCentresByItsFilter) {
  Sample two;
  two.image = (cv::Mat_<float>(1, 2) << 0, 1);
  const auto expect_four = [&](Filter filter, std::array<float, 4> wanted) {
    const cv::Mat four = Recipe{Resize{.size = {1, 4}, .filter = filter}}.apply(two, {}).image;
    for (int x = 0; x < 4; ++x) EXPECT_NEAR(four.at<float>(0, x), wanted[static_cast<std::size_t>(x)], 1e-3);
  };
  expect_four(Filter::Nearest, {0, 0, 1, 1});
  expect_four(Filter::Bilinear, {0, 0.25F, 0.75F, 1});
  Sample blocks;
  blocks.image = (cv::Mat_<float>(2, 4) << 0.1F, 0.3F, 0.9F, 0.5F, 0.2F, 0.6F, 0.7F, 0.5F);
  const cv::Mat means = Recipe{Resize{.size = {1, 2}, .filter = Filter::Area}}.apply(blocks, {}).image;
  EXPECT_NEAR(means.at<float>(0, 0), 0.3, 1e-3);
  EXPECT_NEAR(means.at<float>(0, 1), 0.65, 1e-3);
}

TEST(Resize, AConstantStaysUnderEveryFilter) {
  for (const Filter filter :
       {Filter::Nearest, Filter::Bilinear, Filter::Bicubic, Filter::Area, Filter::Lanczos})
    for (const Size from : {Size{1, 1}, Size{13, 40}})
      for (const Size to : {Size{1, 1}, Size{5, 7}, Size{50, 39}}) {
        const cv::Mat out = Recipe{Resize{.size = to, .filter = filter}}
                                .apply(flat_sample(from.height, from.width, 0.625), {})
                                .image;
        EXPECT_EQ(size_of(out), to);
        EXPECT_LT(cv::norm(out - cv::Scalar::all(0.625), cv::NORM_INF), 1e-3);
      }
}

}  // namespace
}  // namespace doppel::augment
