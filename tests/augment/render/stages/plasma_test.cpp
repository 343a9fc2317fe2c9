#include "render/stages/plasma.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace doppel::augment {
namespace {

TEST(DiamondSquare, FillsItsSquareFromZeroToOne) {
  const DiamondSquare plasma({127, 127}, 2, 5);  // a lattice of 128
  std::vector<float> all, row(128);
  for (int y = 0; y < 128; ++y) {
    plasma.row(y, 128, row.data());
    all.insert(all.end(), row.begin(), row.end());
  }
  const auto [low, high] = std::ranges::minmax(all);
  EXPECT_EQ(low, 0);
  EXPECT_EQ(high, 1);
  // The lattice wraps.
  std::vector<float> beyond(128);
  plasma.row(0, 128, row.data());
  plasma.row(128, 128, beyond.data());
  EXPECT_EQ(row, beyond);
}

TEST(DiamondSquare, IsSmootherTheFasterItsLevelsFade) {
  double before = 1;
  for (const double decay : {1.2, 1.75, 3.0}) {
    double change = 0;
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const DiamondSquare plasma({64, 64}, decay, seed);
      std::vector<float> row(64);
      for (int y = 0; y < 64; ++y) {
        plasma.row(y, 64, row.data());
        for (std::size_t x = 1; x < 64; ++x) change += std::abs(static_cast<double>(row[x] - row[x - 1]));
      }
    }
    EXPECT_LT(change / 5 / 64 / 63, before) << decay;
    before = change / 5 / 64 / 63;
  }
}

TEST(DiamondSquare, OnePixelIsDefined) {
  float v = 77;
  DiamondSquare({1, 1}, 2, 3).row(0, 1, &v);
  EXPECT_GE(v, 0);
  EXPECT_LE(v, 1);
}

}  // namespace
}  // namespace doppel::augment
