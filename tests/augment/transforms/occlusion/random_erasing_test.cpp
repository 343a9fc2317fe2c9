#include "doppel/augment/transforms/occlusion/random_erasing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(RandomErasing, AreaAndLogAspectAreDrawnEvenly) {
  // In a large image and within half of its area every first try fits.
  const Recipe recipe{RandomErasing{.area = {0.05, 0.2}, .ratio = {0.5, 2}, .p = 1}};
  const Sample sample = flat_sample(500, 500, 1, 1);
  double area = 0, tall = 0;
  constexpr int kDraws = 2000;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const Plan plan = recipe.draw(sample, {.index = i});
    const auto& hole = std::get<op::Cover>(plan.ops.at(0)).holes;
    ASSERT_EQ(hole.size(), 4U);
    EXPECT_TRUE(hole[0] >= 0 && hole[1] >= 0 && hole[0] + hole[2] <= 500 && hole[1] + hole[3] <= 500);
    const double share = hole[2] * hole[3] / 250000, aspect = hole[3] / hole[2];
    EXPECT_TRUE(share > 0.049 && share < 0.202) << share;
    EXPECT_TRUE(aspect > 0.49 && aspect < 2.05) << aspect;
    area += share / kDraws;
    tall += aspect > 1;
  }
  EXPECT_NEAR(area, 0.125, 0.004);
  EXPECT_NEAR(tall, kDraws / 2, 100);
}

TEST(RandomErasing, WhatDoesntFitIsLeftOut) {
  // A rectangle of the whole area fits only as a square; a strip of ten to one never does.
  EXPECT_TRUE((Recipe{RandomErasing{.area = {1, 1}, .ratio = {10, 10}, .p = 1}}
                   .draw(flat_sample(50, 50, 1), {})
                   .ops.empty()));
  const RandomErasing all{.area = {1, 1}, .ratio = {1, 1}, .fill = CoverFill::Color, .p = 1};
  EXPECT_EQ(cv::norm(Recipe{all}.apply(flat_sample(50, 50, 1), {}).image, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(Recipe{all}.apply(flat_sample(1, 1, 1), {}).image, cv::NORM_INF), 0);
}

TEST(RandomErasing, FillsWithUniformNoise) {
  const RandomErasing all{.area = {1, 1}, .ratio = {1, 1}, .p = 1};
  cv::Scalar mean, deviation;
  cv::meanStdDev(Recipe{all}.apply(flat_sample(100, 100, 1), {}).image.reshape(1), mean, deviation);
  EXPECT_NEAR(mean[0], 0.5, 0.01);
  EXPECT_NEAR(deviation[0], 1 / std::sqrt(12), 0.01);
}

}  // namespace
}  // namespace doppel::augment
