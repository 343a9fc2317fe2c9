#include "engine/kernels.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "doppel/base/random.h"
#include "engine/norm_loops.h"

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

TEST(Kernels, LoopsOfOneTypeRefuseTwo) {
  alignas(64) float floats[64] = {};
  alignas(64) std::uint16_t bf16_numbers[64] = {};
  const Numbers f{floats, false}, h{bf16_numbers, true};
  const ChannelLayout layout{1, 1, 4, 16};
  EXPECT_THROW(blend_channels(layout, h, h, {}, floats, floats, floats, f), std::logic_error);
  EXPECT_THROW(expect_floats(h), std::logic_error);
}

}  // namespace
}  // namespace doppel::nn::engine
