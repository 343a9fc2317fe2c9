#include "engine/curves.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace doppel::nn::engine {
namespace {

TEST(Curves, ValuesAndSlopesAreThoseOfTheFormulas) {
  std::vector<float> x;
  for (int i = -400; i <= 400; ++i) x.push_back(static_cast<float>(i) / 16 + 0.01F);
  std::vector<float> ones(x.size(), 1.F);
  const auto gate = [](double v) { return 1 / (1 + std::exp(-v)); };
  const auto expect = [&](Curve curve, auto f, auto slope) {
    std::vector<float> y(x.size()), dx(x.size());
    curve_values(curve, {x.data(), false}, x.size(), {y.data(), false});
    curve_gradients(curve, {x.data(), false}, {ones.data(), false}, x.size(), {dx.data(), false});
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto v = static_cast<double>(x[i]);
      EXPECT_NEAR(y[i], f(v), 1e-6 * std::max(1.0, std::abs(v))) << v;
      EXPECT_NEAR(dx[i], slope(v), 1e-6) << v;
    }
  };
  expect(
      Curve::SiLU, [&](double v) { return v * gate(v); },
      [&](double v) { return gate(v) * (1 + v * (1 - gate(v))); });
  expect(Curve::Sigmoid, gate, [&](double v) { return gate(v) * (1 - gate(v)); });
  expect(
      Curve::HardSigmoid, [](double v) { return std::clamp(v / 6 + 0.5, 0.0, 1.0); },
      [](double v) { return std::abs(v) < 3 ? 1.0 / 6 : 0; });
  expect(
      Curve::HardSwish, [](double v) { return v * std::clamp(v / 6 + 0.5, 0.0, 1.0); },
      [](double v) { return v < -3  ? 0
                            : v > 3 ? 1
                                    : v / 3 + 0.5; });
  expect(
      Curve::ReLU6, [](double v) { return std::clamp(v, 0.0, 6.0); },
      [](double v) { return double(v > 0 && v < 6); });
}

TEST(Curves, FarAwayStaysFinite) {
  std::vector<float> x{-1e30F, -200, 200, 1e30F}, y(4);
  curve_values(Curve::SiLU, {x.data(), false}, 4, {y.data(), false});
  EXPECT_NEAR(y[0], 0, 1e-25);
  EXPECT_NEAR(y[1], 0, 1e-25);
  EXPECT_EQ(y[2], 200);
  EXPECT_EQ(y[3], 1e30F);
  std::vector<float> ones(4, 1.F);
  std::vector<float> slopes(4);
  curve_gradients(Curve::SiLU, {x.data(), false}, {ones.data(), false}, 4, {slopes.data(), false});
  EXPECT_NEAR(slopes[0], 0, 1e-25);
  EXPECT_NEAR(slopes[1], 0, 1e-25);
  EXPECT_EQ(slopes[2], 1);
  EXPECT_EQ(slopes[3], 1);
}

}  // namespace
}  // namespace doppel::nn::engine
