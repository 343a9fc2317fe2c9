#include "kernels/box.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "augment/kernels/twins.h"

namespace doppel::augment {
namespace {

TEST(BoxKernel, IsTheSameOnAnyMachine) {
  for (int size = 3; size <= kWidestBox; size += 2)
    for (const int n : kLengths) {
      const auto bytes = some_bytes(n + 4 * size);
      std::vector<std::uint16_t> sums(bytes.size());
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = static_cast<std::uint16_t>(bytes[i] * size);
      expect_twins<std::uint8_t>(
          n, 0, [&](std::uint8_t* out) { box_row(sums.data() + 1, 3, size, n, out); }, "box");
      expect_twins<std::uint16_t>(
          n, 0,
          [&](std::uint16_t* out) {
            for (int i = 0; i < n; ++i) out[i] = 1000;
            slide_sums(bytes.data() + 1, bytes.data() + 2, n, out);
            slide_sums(bytes.data(), nullptr, n, out);
          },
          "running sums");
    }
}

TEST(BoxKernel, MeansAreRoundedToNearest) {
  constexpr int kCount = 90, kStep = 3;
  for (int size = 3; size <= kWidestBox; size += 2)
    for (const int least : {0, 250, 255}) {  // 15 x 15 whites still fit
      const int cols = kCount + (size - 1) * kStep;
      auto bytes = some_bytes(cols * size);
      for (auto& b : bytes) b = std::max(b, static_cast<std::uint8_t>(least));
      std::vector<std::uint16_t> sums(static_cast<std::size_t>(cols));
      for (int y = 0; y < size; ++y) slide_sums(bytes.data() + y * cols, nullptr, cols, sums.data());
      std::vector<std::uint8_t> out(kCount);
      box_row(sums.data(), kStep, size, kCount, out.data());
      for (int i = 0; i < kCount; ++i) {
        double sum = 0;
        for (int y = 0; y < size; ++y)
          for (int t = 0; t < size; ++t) sum += bytes[static_cast<std::size_t>(y * cols + i + t * kStep)];
        ASSERT_EQ(out[static_cast<std::size_t>(i)], std::lround(sum / (size * size))) << size;
      }
    }
}

TEST(BoxKernel, WhatEntersAndLeavesAgainChangesNoSum) {
  const auto in = some_bytes(100), out = some_bytes(101);
  std::vector<std::uint16_t> sums(100, 500);
  slide_sums(in.data(), out.data() + 1, 100, sums.data());
  EXPECT_EQ(sums[7], 500 + in[7] - out[8]);
  slide_sums(out.data() + 1, in.data(), 100, sums.data());
  EXPECT_EQ(sums, std::vector<std::uint16_t>(100, 500));
}

}  // namespace
}  // namespace doppel::augment
