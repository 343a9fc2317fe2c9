#include "doppel/augment/transforms/color/posterize.h"

#include <gtest/gtest.h>

#include <array>
#include <opencv2/core.hpp>
#include <set>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(Posterize, KeepsTheTopBits) {
  for (int bits = 1; bits <= 8; ++bits) {
    const auto levels = on_each_level(Posterize{{bits, bits}, 1});
    const int step = 1 << (8 - bits);
    std::set<int> tones;
    for (int v = 0; v < 256; ++v) {
      EXPECT_EQ(levels(0, v), v / step * step) << bits;
      tones.insert(levels(0, v));
    }
    EXPECT_EQ(tones.size(), std::size_t{1} << bits);
  }
  // Floats have the tones of bytes.
  EXPECT_NEAR(on_color(Posterize{{1, 1}, 1}, {0.4, 0.6, 1})[1], 128 / 255.0, 1e-6);
}

TEST(Posterize, DrawsAllNumbersOfBitsAlike) {
  std::array<int, 9> times{};
  for (std::uint64_t seed = 0; seed < 900; ++seed)
    ++times.at(static_cast<std::size_t>(drawn_op<op::Posterize>(Posterize{{3, 5}, 1}, seed).bits));
  for (const std::size_t bits : {3, 4, 5}) EXPECT_NEAR(times[bits], 300, 60);
  EXPECT_EQ(times[3] + times[4] + times[5], 900);
}

}  // namespace
}  // namespace doppel::augment
