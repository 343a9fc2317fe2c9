#include "doppel/augment/transforms/weather/illumination.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <set>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

using LightMode = Illumination::Mode;

/// What a grey image of level 1/2 becomes, over 1/2.
cv::Mat light_factor(LightMode mode, double amount, std::uint64_t index) {
  return Recipe{Illumination{mode, {amount, amount}, 1}}
             .apply(flat_sample(40, 60, 0.5, 1), {.index = index})
             .image *
         2;
}

TEST(Illumination, LinearLightGivesHereWhatItTakesThere) {
  for (std::uint64_t i = 0; i < 20; ++i) {
    const cv::Mat f = light_factor(LightMode::Linear, 0.4, i);
    cv::Mat turned;
    cv::flip(f, turned, -1);
    EXPECT_LE(cv::norm(f + turned, cv::Mat(40, 60, CV_32F, cv::Scalar(2)), cv::NORM_INF), 1e-5);
    double low = 0, high = 0;
    cv::minMaxLoc(f, &low, &high);
    EXPECT_NEAR(low, 0.6, 0.03);
    EXPECT_NEAR(high, 1.4, 0.03);
  }
}

TEST(Illumination, ACornerIsLitAndTheOppositeOneIsNot) {
  for (std::uint64_t i = 0; i < 20; ++i) {
    const cv::Mat f = light_factor(LightMode::Corner, 0.4, i);
    double low = 0, high = 0;
    cv::Point at, from;
    cv::minMaxLoc(f, &low, &high, &from, &at);
    EXPECT_NEAR(low, 1, 0.01);
    EXPECT_NEAR(high, 1.4, 0.03);
    EXPECT_TRUE((at.x == 0 || at.x == 59) && (at.y == 0 || at.y == 39)) << at;
  }
}

TEST(Illumination, ASpotFallsOffAboutItsCentre) {
  for (std::uint64_t i = 0; i < 20; ++i) {
    const cv::Mat f = light_factor(LightMode::Gaussian, -0.4, i);
    double low = 0, high = 0;
    cv::Point at;
    cv::minMaxLoc(f, &low, &high, &at);
    EXPECT_NEAR(low, 0.6, 0.01);
    EXPECT_LE(high, 1);
    EXPECT_TRUE(at.x >= 11 && at.x <= 48 && at.y >= 7 && at.y <= 32) << at;
  }
}

TEST(Illumination, AVignetteDarkensTheEdgesWhateverTheSign) {
  for (const double amount : {-0.3, 0.3})
    for (std::uint64_t i = 0; i < 20; ++i) {
      const cv::Mat f = light_factor(LightMode::Vignette, amount, i);
      double low = 0, high = 0;
      cv::Point dark, light;
      cv::minMaxLoc(f, &low, &high, &dark, &light);
      EXPECT_NEAR(high, 1, 0.01);
      EXPECT_GE(low, 0.4);
      EXPECT_LT(low, 0.9);
      EXPECT_TRUE((dark.x == 0 || dark.x == 59) && (dark.y == 0 || dark.y == 39)) << dark;
    }
}

TEST(Illumination, AnyIsEachMode) {
  std::set<op::Light::Mode> modes;
  for (std::uint64_t i = 0; i < 60; ++i)
    modes.insert(
        std::get<op::Light>(Recipe{Illumination{.p = 1}}.draw(flat_sample(9, 9, 0.5), {.index = i}).ops.at(0))
            .mode);
  EXPECT_EQ(modes.size(), 4U);
}

}  // namespace
}  // namespace doppel::augment
