#include "base/exact_math.h"

#include <gtest/gtest.h>

#include <cmath>

#include "doppel/base/random.h"

namespace doppel::augment {
namespace {

TEST(ExactMath, AgreesWithTheLibraryToRoundingError) {
  for (double x = -20; x < 20; x += 0.37) {
    EXPECT_NEAR(exact::sin(x), std::sin(x), 1e-14);
    EXPECT_NEAR(exact::cos(x), std::cos(x), 1e-14);
    EXPECT_NEAR(exact::exp(x) / std::exp(x), 1, 1e-14);
    EXPECT_NEAR(exact::log(std::exp(x)), x, 1e-13);
  }
  for (const double x : {1e-300, 5e-324, 1e300}) EXPECT_NEAR(exact::log(x) / std::log(x), 1, 1e-15) << x;
  for (const double x : {-700.0, 700.0}) EXPECT_NEAR(exact::exp(x) / std::exp(x), 1, 1e-12) << x;
}

TEST(ExactMath, WholeValuesAreExact) {
  EXPECT_EQ(exact::log(1), 0);
  EXPECT_EQ(exact::exp(0), 1);
  EXPECT_EQ(exact::sin(0), 0);
  EXPECT_EQ(exact::cos(0), 1);
  EXPECT_EQ(exact::cos(180 * exact::kRadians), -1);
}

TEST(ExactMath, QuantilesAreTheTabulatedOnes) {
  // Wichura's own check values, one of each of his three pieces.
  EXPECT_NEAR(exact::inverse_normal(0.25), -0.6744897501960817, 1e-15);
  EXPECT_NEAR(exact::inverse_normal(0.001), -3.090232306167814, 4e-15);
  EXPECT_NEAR(exact::inverse_normal(1e-20), -9.262340089798408, 2e-14);
  EXPECT_NEAR(exact::inverse_normal(0.975), 1.959963984540054, 1e-13);
  EXPECT_NEAR(exact::inverse_normal(1e-10), -6.361340902404056, 1e-12);
  EXPECT_EQ(exact::inverse_normal(0.5), 0);
  // The normal distribution's own function takes a quantile back to its share.
  for (std::uint64_t i = 0; i < 200; ++i) {
    const double p = Stream{.index = i}.uniform("p", 1e-6, 1), z = exact::inverse_normal(p);
    EXPECT_NEAR(std::erfc(-z / std::sqrt(2)) / 2, p, 1e-14) << p;
    EXPECT_NEAR(exact::inverse_normal(1 - p), -z, 1e-9) << p;
  }
}

}  // namespace
}  // namespace doppel::augment
