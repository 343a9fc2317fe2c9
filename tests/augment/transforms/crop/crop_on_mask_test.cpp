#include "doppel/augment/transforms/crop/crop_on_mask.h"

#include <gtest/gtest.h>

#include <array>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(CropOnMask, HoldsAPixelThatCounts) {
  Sample sample = flat_sample(60, 80, 0.5);
  cv::Mat mask(60, 80, CV_8U, cv::Scalar(0));
  mask(cv::Rect(0, 0, 40, 60)).setTo(1);
  mask(cv::Rect(77, 2, 3, 4)).setTo(2);
  mask(cv::Rect(50, 55, 1, 1)).setTo(2);
  sample.masks = {mask, cv::Mat(60, 80, CV_8U, cv::Scalar(2))};  // only the first is looked at
  const Recipe recipe{CropOnMask{.size = {10, 12}, .ignore = {0, 1}}};
  int at_the_pixel = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    const auto crop = std::get<op::Crop>(recipe.draw(sample, {.index = i}).ops.at(0));
    ASSERT_EQ(crop.size, (Size{10, 12}));
    EXPECT_GT(cv::countNonZero(mask(cv::Rect(crop.x, crop.y, 12, 10)) == 2), 0) << i;
    at_the_pixel += crop.y > 20;
  }
  EXPECT_NEAR(at_the_pixel, 400 / 13, 22);  // one of the thirteen
}

TEST(CropOnMask, ThePixelIsAsLikelyAnywhereInTheWindow) {
  Sample sample = flat_sample(20, 20, 0.5);
  sample.masks = {cv::Mat(20, 20, CV_32S, cv::Scalar(0))};
  sample.masks[0].at<int>(10, 9) = 70000;
  std::array<int, 5> across{}, down{};
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const auto crop =
        std::get<op::Crop>(Recipe{CropOnMask{.size = {5, 5}}}.draw(sample, {.index = i}).ops.at(0));
    ++across.at(static_cast<std::size_t>(9 - crop.x));
    ++down.at(static_cast<std::size_t>(10 - crop.y));
  }
  for (const int n : across) EXPECT_NEAR(n, 200, 55);
  for (const int n : down) EXPECT_NEAR(n, 200, 55);
}

TEST(CropOnMask, LiesAnywhereWhereNothingCounts) {
  Sample empty = flat_sample(20, 20, 0.5);
  empty.masks = {cv::Mat(20, 20, CV_8U, cv::Scalar(0))};
  for (const Sample& sample : {empty, flat_sample(20, 20, 0.5)}) {
    std::array<int, 16> places{};
    for (std::uint64_t i = 0; i < 1600; ++i) {
      const auto crop =
          std::get<op::Crop>(Recipe{CropOnMask{.size = {5, 5}}}.draw(sample, {.index = i}).ops.at(0));
      ++places.at(static_cast<std::size_t>(crop.x));
    }
    for (const int n : places) EXPECT_NEAR(n, 100, 45);
  }
  EXPECT_TRUE((Recipe{CropOnMask{.size = {50, 50}}}.draw(empty, {}).ops.empty()));
}

}  // namespace
}  // namespace doppel::augment
