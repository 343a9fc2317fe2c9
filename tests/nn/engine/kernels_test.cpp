#include "engine/kernels.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "doppel/base/random.h"

namespace doppel::nn::engine {
namespace {

TEST(Kernels, Bfloat16IsRoundedToNearestAndTiesToEven) {
  constexpr float kUnit = 1.F / 128;  // between neighbours from 1 to 2
  const std::array from{1.F,
                        1 + kUnit / 2,
                        1 + kUnit,
                        1 + 1.5F * kUnit,
                        1 + 0.51F * kUnit,
                        -3.F,
                        0.F,
                        std::numeric_limits<float>::infinity()};
  const std::array to{1.F,       1.F,  1 + kUnit, 1 + 2 * kUnit,
                      1 + kUnit, -3.F, 0.F,       std::numeric_limits<float>::infinity()};
  std::array<std::uint16_t, from.size()> bits{};
  to_bf16(bits.data(), from.data(), from.size());
  for (std::size_t i = 0; i < to.size(); ++i)
    EXPECT_EQ(std::bit_cast<float>(std::uint32_t{bits[i]} << 16), to[i]) << i;
}

TEST(Kernels, WhatIsNoNumberIsFoundAnywhere) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()})
    for (const std::size_t at : {0U, 17U, 32U}) {
      std::vector<float> values(33, std::numeric_limits<float>::max());
      EXPECT_TRUE(all_finite({values.data(), false}, values.size()));
      values[at] = bad;
      EXPECT_FALSE(all_finite({values.data(), false}, values.size())) << bad << ' ' << at;
      std::vector<std::uint16_t> halves(33);
      to_bf16(halves.data(), values.data(), 33);
      EXPECT_FALSE(all_finite({halves.data(), true}, 33)) << bad << ' ' << at;
    }
}

// Two rows of two groups; the second is filled up to its block.
TEST(Kernels, BiasesAndMeansAreOfChannels) {
  constexpr int kBlock = 8, kPixels = 3, kChannels = 11;
  const ChannelLayout layout{2, 2, kPixels, kBlock};
  std::vector<float> x(2 * 2 * kPixels * kBlock), bias(kChannels), db(kChannels), means(2 * 2 * kBlock);
  const auto at = [&](int row, int channel, int pixel) -> float& {
    return x[static_cast<std::size_t>(((row * 2 + channel / kBlock) * kPixels + pixel) * kBlock +
                                      channel % kBlock)];
  };
  for (int c = 0; c < kChannels; ++c) {
    bias[static_cast<std::size_t>(c)] = static_cast<float>(100 * c);
    for (int r = 0; r < 2; ++r)
      for (int p = 0; p < kPixels; ++p) at(r, c, p) = static_cast<float>(c + 20 * r + p);
  }
  bias_gradient(layout, kChannels, {x.data(), false}, db.data());
  channel_means(layout, {x.data(), false}, means.data());
  for (int c = 0; c < kChannels; ++c) {
    EXPECT_EQ(db[static_cast<std::size_t>(c)], 6 * c + 66) << c;
    EXPECT_NEAR(means[static_cast<std::size_t>(c)], c + 1, 1e-5);
    EXPECT_NEAR(means[static_cast<std::size_t>(16 + c)], c + 21, 1e-5);
  }
  add_bias(layout, kChannels, bias.data(), {x.data(), false});
  EXPECT_EQ(at(1, 10, 2), 10 + 20 + 2 + 1000);
  EXPECT_EQ(at(1, 11, 2), 0);  // no channel
  channel_means_backward(layout, means.data(), {x.data(), false});
  EXPECT_NEAR(at(1, 4, 0), 25.0 / kPixels, 1e-5);
}

TEST(Kernels, MomentsStandFarValues) {
  // Around 10,000, where squares of floats would have lost all; planes, and both blocks.
  for (const int block : {1, 8, 16}) {
    const ChannelLayout layout{3, 2, 35, block};
    std::vector<float> x(static_cast<std::size_t>(3 * 2 * 35 * block));
    std::vector<double> mean(static_cast<std::size_t>(2 * block)), m2 = mean;
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = static_cast<float>(Stream{.seed = 2}.split("at", i).normal("x", 10000, 0.5));
    bn_moments(layout, {x.data(), false}, mean.data(), m2.data());
    for (int c = 0; c < 2 * block; ++c) {
      double sum = 0, squares = 0;
      const auto each = [&](auto f) {
        for (int r = 0; r < 3; ++r)
          for (int p = 0; p < 35; ++p)
            f(static_cast<double>(
                x[static_cast<std::size_t>(((r * 2 + c / block) * 35 + p) * block + c % block)]));
      };
      each([&](double v) { sum += v; });
      each([&](double v) { squares += (v - sum / 105) * (v - sum / 105); });
      EXPECT_NEAR(mean[static_cast<std::size_t>(c)], sum / 105, 1e-5) << block;
      EXPECT_NEAR(m2[static_cast<std::size_t>(c)], squares, 1e-3) << block;
    }
  }
}

TEST(Kernels, NormalisingAndItsWayBackByHand) {
  const ChannelLayout layout{1, 2, 2, 1};  // two planes of two pixels
  float x[]{1, 3, 10, 30}, y[4], dy[]{1, 2, 3, 4}, dx[4];
  const float scale[]{2, -1}, shift[]{-4, 20}, center[]{2, 20}, inverse[]{1, 0.1F};
  bn_apply(layout, {x, false}, scale, shift, 0.5, {y, false});
  EXPECT_EQ(std::vector(y, y + 4), (std::vector<float>{-1, 2, 10, -5}));  // below 0 by half
  double sum[2], dot[2];
  bn_backward_sums(layout, {x, false}, {y, false}, center, inverse, 0.5, {dy, false}, sum, dot);
  EXPECT_EQ(std::vector(dy, dy + 4), (std::vector<float>{0.5, 2, 3, 2}));
  EXPECT_EQ(sum[0], 2.5);
  EXPECT_EQ(dot[0], 1.5);
  EXPECT_NEAR(dot[1], -1, 1e-6);
  const float mean[]{1, 0}, slope[]{0.5, 2};
  bn_backward_apply(layout, {x, false}, {dy, false}, center, inverse, scale, mean, slope, {dx, false});
  const float expected[]{2 * (0.5F - 1 + 0.5F), 2 * (2 - 1 - 0.5F), -(3 + 2), -(2 - 2)};
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(dx[i], expected[i], 1e-5) << i;
}

TEST(Kernels, LoopsOfOneTypeRefuseTwo) {
  alignas(64) float floats[64] = {};
  alignas(64) std::uint16_t bf16_numbers[64] = {};
  const Numbers f{floats, false}, h{bf16_numbers, true};
  double sums[16];
  const ChannelLayout layout{1, 1, 4, 16};
  EXPECT_THROW(bn_backward_sums(layout, f, h, floats, floats, 1, f, sums, sums), std::logic_error);
  EXPECT_THROW(bn_backward_apply(layout, h, h, floats, floats, floats, floats, floats, f), std::logic_error);
  EXPECT_THROW(expect_floats(h), std::logic_error);
}

}  // namespace
}  // namespace doppel::nn::engine
