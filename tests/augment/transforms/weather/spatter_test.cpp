#include "doppel/augment/transforms/weather/spatter.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <utility>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Spatter, AmountIsTheShareCovered) {
  for (const Spatter::Mode mode : {Spatter::Mode::Rain, Spatter::Mode::Mud})
    for (const double amount : {0.05, 0.2, 0.5}) {
      double covered = 0;
      constexpr int kDraws = 20;
      for (std::uint64_t i = 0; i < kDraws; ++i) {
        const Sample sample = flat_sample(64, 64, 0.6, 1);
        const Spatter spatter{.mode = mode, .amount = {amount, amount}, .p = 1};
        const cv::Mat out = Recipe{spatter}.apply(sample, {.index = i}).image;
        covered += cv::countNonZero(out != sample.image) / 4096.0 / kDraws;
      }
      EXPECT_NEAR(covered, amount, 0.2 * amount + 0.02) << static_cast<int>(mode) << " " << amount;
    }
}

TEST(Spatter, MudIsBrownAndNearlyOpaqueRainIsNot) {
  const auto extremes = [](Spatter::Mode mode, double level) {
    const Spatter spatter{.mode = mode, .amount = {0.4, 0.4}, .p = 1};
    const cv::Mat out = Recipe{spatter}.apply(flat_sample(64, 64, level), {.seed = 3}).image;
    cv::Mat lightest, darkest;
    cv::reduce(out.reshape(3, 64 * 64), lightest, 0, cv::REDUCE_MAX);
    cv::reduce(out.reshape(3, 64 * 64), darkest, 0, cv::REDUCE_MIN);
    return std::pair{lightest.at<cv::Vec3f>(0), darkest.at<cv::Vec3f>(0)};
  };
  // Of a white image a tenth shows through.
  const cv::Vec3f mud = extremes(Spatter::Mode::Mud, 1).second;
  const cv::Vec3f brown(63 / 255.F, 42 / 255.F, 20 / 255.F);
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(mud[c], 0.1 + 0.9 * brown[c], 0.01) << c;
  // Drops of water have rims that are lighter and rims that are darker than what is behind.
  const auto [light, dark] = extremes(Spatter::Mode::Rain, 0.6);
  EXPECT_GT(light[0], 0.65);
  EXPECT_LT(dark[0], 0.55);
}

TEST(Spatter, AnyIsEitherAlike) {
  int mud = 0;
  for (std::uint64_t i = 0; i < 400; ++i)
    mud += std::get<op::Spatter>(Recipe{Spatter{.p = 1}}.draw(flat_sample(9, 9, 0.5), {.index = i}).ops.at(0))
               .mode == op::Spatter::Mode::Mud;
  EXPECT_NEAR(mud, 200, 50);
}

}  // namespace
}  // namespace doppel::augment
