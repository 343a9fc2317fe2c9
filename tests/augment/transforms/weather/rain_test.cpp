#include "doppel/augment/transforms/weather/rain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>
#include <string>
#include <utility>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Rain, AmountsHaveNames) {
  for (const auto& [name, amount] : {std::pair{"drizzle", 0.2}, {"heavy", 0.6}, {"torrent", 1.0}}) {
    const Recipe recipe = Recipe::from_yaml(std::string("- Rain: {p: 1, amount: ") + name + "}");
    EXPECT_EQ(std::get<op::Rain>(recipe.draw(flat_sample(8, 8, 0.5), {}).ops.at(0)).amount, amount) << name;
  }
}

TEST(Rain, WithoutStreaksItDims) {
  // Streaks of no width aren't there; a torrent takes 15 % of the light, and `dim` says how much of that.
  for (const double dim : {0.0, 0.5, 1.0}) {
    const Rain rain{.amount = {1, 1}, .width = {0, 0}, .dim = {dim, dim}, .p = 1};
    const cv::Mat out = Recipe{rain}.apply(flat_sample(40, 40, 0.6), {}).image;
    EXPECT_LE(cv::norm(out - cv::Scalar::all(0.6 * (1 - 0.15 * dim)), cv::NORM_INF), 1e-5) << dim;
  }
}

TEST(Rain, StreaksRunAlongTheirSlant) {
  // Along a streak the image changes slowly, across it fast.
  const auto steps = [](double slant) {
    const Rain rain{.amount = {0.6, 0.6}, .slant = {slant, slant}, .dim = {0, 0}, .p = 1};
    double across = 0, down = 0, falling = 0, rising = 0;
    for (std::uint64_t i = 0; i < 5; ++i) {
      const cv::Mat out = Recipe{rain}.apply(flat_sample(128, 128, 0.1, 1), {.index = i}).image;
      const auto change = [&](int dx, int dy) {
        return cv::norm(out(cv::Rect(std::max(0, dx), dy, 127, 127)),
                        out(cv::Rect(std::max(0, -dx), 0, 127, 127)), cv::NORM_L1);
      };
      across += change(1, 0);
      down += change(0, 1);
      falling += change(1, 1);
      rising += change(-1, 1);
    }
    return std::array{across / down, rising / falling};
  };
  EXPECT_GT(steps(0)[0], 3);
  EXPECT_LT(steps(80)[0], 1 / 2.0);
  EXPECT_GT(steps(45)[1], 2);
  EXPECT_LT(steps(-45)[1], 1 / 2.0);
}

TEST(Rain, LongerWiderAndMoreStreaksCoverMore) {
  const auto light = [](double amount, double length, double width) {
    double sum = 0;
    for (std::uint64_t i = 0; i < 8; ++i) {
      const Rain rain{.amount = {amount, amount},
                      .length = {length, length},
                      .width = {width, width},
                      .dim = {0, 0},
                      .p = 1};
      sum += cv::mean(Recipe{rain}.apply(flat_sample(128, 128, 0.1, 1), {.index = i}).image)[0] - 0.1;
    }
    return sum;
  };
  const double usual = light(0.3, 1, 1);
  EXPECT_GT(usual, 0);
  EXPECT_NEAR(light(0.6, 1, 1) / usual, 2, 0.35);
  EXPECT_NEAR(light(0.3, 2, 1) / usual, 2, 0.35);
  EXPECT_NEAR(light(0.3, 1, 2) / usual, 2, 0.35);
}

}  // namespace
}  // namespace doppel::augment
