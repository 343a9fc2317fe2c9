#include "doppel/augment/transforms/weather/dust.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Dust, IsAYellowishVeilWithDarkSpecks) {
  cv::Scalar before = cv::Scalar::all(0.4);
  for (const double amount : {0.3, 0.8}) {
    const Sample sample = flat_sample(400, 400, 0.4);
    const cv::Mat out = Recipe{Dust{.amount = {amount, amount}, .p = 1}}.apply(sample, {.seed = 5}).image;
    const cv::Scalar mean = cv::mean(out);
    EXPECT_GT(mean[0], mean[1]);
    EXPECT_GT(mean[1], mean[2]);
    EXPECT_GT(mean[0], before[0]);  // more dust, more veil
    before = mean;
    // A veil as light as that darkens nothing, so what is dark is specks: few pixels.
    cv::Mat dark;
    cv::inRange(out, cv::Scalar::all(0), cv::Scalar::all(0.33), dark);
    EXPECT_GT(cv::countNonZero(dark), 0) << amount;
    EXPECT_LT(cv::countNonZero(dark), 1600) << amount;
  }
}

TEST(Dust, ASlightAmountIsASlightChange) {
  const Sample sample = flat_sample(50, 50, 0.4);
  const cv::Mat out = Recipe{Dust{.amount = {1e-4, 1e-4}, .p = 1}}.apply(sample, {.seed = 5}).image;
  EXPECT_LE(cv::norm(out, sample.image, cv::NORM_L1) / 7500, 1e-3);
}

}  // namespace
}  // namespace doppel::augment
