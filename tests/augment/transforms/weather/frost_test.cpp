#include "doppel/augment/transforms/weather/frost.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Frost, GrowsFromTheEdges) {
  double edge = 0, middle = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Sample sample = flat_sample(80, 80, 0.3, 1);
    const cv::Mat change =
        cv::abs(Recipe{Frost{.amount = {0.6, 0.6}, .p = 1}}.apply(sample, {.index = i}).image - sample.image);
    middle += cv::mean(change(cv::Rect(30, 30, 20, 20)))[0];
    edge += cv::mean(change.rowRange(0, 5))[0] / 2 + cv::mean(change.colRange(75, 80))[0] / 2;
  }
  EXPECT_GT(edge, 3 * middle);
}

TEST(Frost, SharesOfImageAndIceAreAtMostThoseOfTheBenchmark) {
  // ImageNet-C's last severity is .6 of the image and .75 of the frost.
  for (std::uint64_t i = 0; i < 10; ++i) {
    const Recipe recipe{Frost{.amount = {1, 1}, .p = 1}};
    double low = 0, high = 0;
    cv::minMaxLoc(recipe.apply(flat_sample(60, 60, 1, 1), {.index = i}).image, &low, &high);
    EXPECT_GE(low, 0.6 - 1e-5);  // white stays at least that
    cv::minMaxLoc(recipe.apply(flat_sample(60, 60, 0, 1), {.index = i}).image, &low, &high);
    EXPECT_LE(high, 0.75 + 1e-5);  // and black takes at most that
    EXPECT_GT(high, 0.4);
  }
}

TEST(Frost, BeginsAtNothing) {
  const Sample sample = flat_sample(60, 60, 0.2);
  EXPECT_EQ(cv::norm(Recipe{Frost{.amount = {0, 0}, .p = 1}}.apply(sample, {}).image, sample.image), 0);
  for (const double amount : {0.1, 0.01, 0.001}) {
    const Recipe recipe{Frost{.amount = {amount, amount}, .p = 1}};
    EXPECT_LE(cv::norm(recipe.apply(sample, {}).image, sample.image, cv::NORM_INF), 3 * amount) << amount;
  }
}

TEST(Frost, IceIsBluish) {
  const cv::Mat out = Recipe{Frost{.p = 1}}.apply(flat_sample(60, 60, 0), {.seed = 2}).image;
  const cv::Scalar mean = cv::mean(out);
  EXPECT_GT(mean[2], mean[1]);
  EXPECT_GT(mean[1], mean[0]);
}

}  // namespace
}  // namespace doppel::augment
