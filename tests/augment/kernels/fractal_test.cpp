#include "kernels/fractal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "augment/kernels/twins.h"

namespace doppel::augment {
namespace {

TEST(FractalNoise, LiesAboutOneHalfWithItsDeviation) {
  for (const int octaves : {1, 3}) {
    double sum = 0, squares = 0, count = 0, deviation = 0;
    std::array<float, 128 + kFractalPadding> row{};
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const FractalNoise noise({128, 128}, 12, octaves, 0.6, seed);
      deviation = noise.deviation();
      for (int y = 0; y < 128; ++y) {
        noise.row(y, 128, row.data());
        for (int x = 0; x < 128; ++x) {
          const auto v = static_cast<double>(row[static_cast<std::size_t>(x)]);
          ASSERT_GE(v, 0);
          ASSERT_LE(v, 1);
          sum += v;
          squares += (v - 0.5) * (v - 0.5);
          ++count;
        }
      }
    }
    EXPECT_NEAR(sum / count, 0.5, 0.02);
    EXPECT_NEAR(std::sqrt(squares / count), deviation, 0.05 * deviation) << octaves;
  }
}

TEST(FractalNoise, AnyRowIsComputedAlone) {
  const FractalNoise noise({60, 90}, 20, 4, 0.5, 7), same({60, 90}, 20, 4, 0.5, 7);
  std::vector<float> whole(90 + kFractalPadding + 1, 77), part = whole;
  for (const int y : {59, 0, 31}) {
    noise.row(y, 90, whole.data());
    same.row(y, 33, part.data());
    EXPECT_TRUE(std::equal(part.begin(), part.begin() + 33, whole.begin())) << y;
  }
  EXPECT_EQ(whole.back(), 77);
  EXPECT_EQ(part[33 + kFractalPadding], 77);
}

TEST(FractalNoise, IsAsSmoothAsItsCells) {
  // A smoothstep over 16 pixels rises by 1.5 / 16 a pixel at most.
  const FractalNoise noise({64, 64}, 16, 1, 1, 3);
  std::vector<float> row(64 + kFractalPadding), above(row);
  for (int y = 0; y < 64; ++y) {
    noise.row(y, 64, row.data());
    for (std::size_t x = 0; x < 64; ++x) {
      if (x > 0) { EXPECT_LE(std::abs(row[x] - row[x - 1]), 1.5F / 16 + 1e-6F); }
      if (y > 0) { EXPECT_LE(std::abs(row[x] - above[x]), 1.5F / 16 + 1e-6F); }
    }
    std::swap(row, above);
  }
}

TEST(FractalNoise, OctavesBelowTwoPixelsAndBeyondSixAreLeftOut) {
  const auto rows_of = [](double cell, int octaves) {
    const FractalNoise noise({50, 50}, cell, octaves, 0.7, 5);
    std::vector<float> row(50 + kFractalPadding), all{static_cast<float>(noise.deviation())};
    for (int y = 0; y < 50; ++y) {
      noise.row(y, 50, row.data());
      all.insert(all.end(), row.begin(), row.begin() + 50);
    }
    return all;
  };
  EXPECT_EQ(rows_of(4, 6), rows_of(4, 2));  // 4 and 2 pixels
  EXPECT_NE(rows_of(4, 2), rows_of(4, 1));
  EXPECT_EQ(rows_of(500, 12), rows_of(500, 6));
  EXPECT_NE(rows_of(500, 6), rows_of(500, 5));
}

TEST(FractalNoise, IsTheSameOnAnyMachine) {
  for (const double cell : {2.0, 7.5, 40.0})
    expect_twins<float>(
        200, 1e-5,
        [&](float* out) {
          std::vector<float> row(200 + kFractalPadding);
          FractalNoise({40, 200}, cell, 4, 0.5, 11).row(17, 200, row.data());
          std::copy_n(row.data(), 200, out);
        },
        "fractal noise");
}

}  // namespace
}  // namespace doppel::augment
