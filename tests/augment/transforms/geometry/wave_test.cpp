#include "doppel/augment/transforms/geometry/wave.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "plan/geometry/field.h"

namespace doppel::augment {
namespace {

TEST(Wave, ShiftsAcrossItsDirectionByASine) {
  // On a short side of 100: 4 pixels, every 25.
  for (std::uint64_t i = 0; i < 10; ++i) {
    const Wave wave{.amplitude = {0.04, 0.04}, .wavelength = {0.25, 0.25}, .direction = {0, 0}, .p = 1};
    const Plan plan = Recipe{wave}.draw(flat_sample(100, 150, 0.5, 1), {.index = i});
    const Field field = make_field(plan.ops.at(0), {100, 150});
    double squares = 0, most = 0;
    for (int x = 0; x < 100; ++x) {
      const Point from = field.source({x + 0.5, 40.5});
      const double shift = from.y - 40.5;
      EXPECT_NEAR(from.x, x + 0.5, 1e-4);                                       // across only
      EXPECT_NEAR(field.source({x + 0.5, 80.5}).y - 80.5, shift, 1e-4);         // whole columns alike
      EXPECT_NEAR(field.source({x + 25.5, 40.5}).y - 40.5, shift, 0.15) << x;   // from crest to crest
      EXPECT_NEAR(field.source({x + 13.0, 40.5}).y - 40.5, -shift, 0.15) << x;  // half of one: the other way
      squares += shift * shift / 100;
      most = std::max(most, std::abs(shift));
    }
    EXPECT_NEAR(most, 4, 0.15);
    EXPECT_NEAR(squares, 8, 0.4);  // of a sine: half the square of its amplitude
  }
}

TEST(Wave, TravelsAlongItsDirectionCounterClockwise) {
  const Wave wave{.amplitude = {0.04, 0.04}, .wavelength = {0.25, 0.25}, .direction = {45, 45}, .p = 1};
  const Field field = make_field(Recipe{wave}.draw(flat_sample(100, 100, 0.5, 1), {}).ops.at(0), {100, 100});
  for (double d = 0; d < 40; d += 4) {
    // Up and to the right it changes; down and to the right all move alike, to there or back.
    const Point a = field.source({30 + d, 50 + d}), b = field.source({40 + d, 60 + d});
    EXPECT_NEAR(a.x - 30 - d, a.y - 50 - d, 1e-3);
    EXPECT_NEAR(a.x - 30, b.x - 40, 0.2);
  }
}

TEST(Wave, SharesAreOfTheShortSide) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    const auto wave =
        std::get<op::Wave>(Recipe{Wave{.p = 1}}.draw(flat_sample(200, 500, 0.5, 1), {.index = i}).ops.at(0));
    EXPECT_TRUE(wave.amplitude >= 2 && wave.amplitude <= 6) << wave.amplitude;
    EXPECT_TRUE(wave.wavelength >= 30 && wave.wavelength <= 80) << wave.wavelength;
    EXPECT_TRUE(wave.direction >= 0 && wave.direction < 360) << wave.direction;
  }
  EXPECT_FLOAT_EQ(Recipe{Wave{.p = 1}}.apply(flat_sample(1, 1, 0.5, 1), {}).image.at<float>(0, 0), 0.5F);
}

}  // namespace
}  // namespace doppel::augment
