#include "engine/norm_loops.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "doppel/base/random.h"
#include "nn/without_targets.h"

namespace doppel::nn::engine {
namespace {

TEST(NormLoops, MomentsStandFarValues) {
  // Around 10,000, where squares of floats would have lost all; planes, and both blocks.
  for (const int block : {1, 8, 16}) {
    const ChannelLayout layout{3, 2, 35, block};
    std::vector<float> x(static_cast<std::size_t>(3 * 2 * 35 * block));
    std::vector<double> mean(static_cast<std::size_t>(2 * block)), m2 = mean;
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = static_cast<float>(Stream{.seed = 2}.split("at", i).normal("x", 10000, 0.5));
    channel_moments(layout, {x.data(), false}, mean.data(), m2.data());
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

TEST(NormLoops, NormalisingAndItsWayBackByHand) {
  const ChannelLayout layout{1, 2, 2, 1};  // two planes of two pixels
  float x[]{1, 3, 10, 30}, y[4], dy[]{1, 2, 3, 4}, dx[4];
  const float scale[]{2, -1}, shift[]{-4, 20}, center[]{2, 20}, inverse[]{1, 0.1F};
  const ChannelAffine affine{scale, shift, 0.5};
  apply_affine(layout, {x, false}, affine, {y, false});
  EXPECT_EQ(std::vector(y, y + 4), (std::vector<float>{-1, 2, 10, -5}));  // below 0 by half
  double sum[2], dot[2];
  affine_gradient_sums(layout, {x, false}, {dy, false}, affine, center, inverse, sum, dot);
  EXPECT_EQ(sum[0], 2.5);  // of 0.5 and 2
  EXPECT_EQ(sum[1], 5);    // of 3 and 2
  EXPECT_EQ(dot[0], 1.5);
  EXPECT_NEAR(dot[1], -1, 1e-6);
  const float a[]{2, -1}, b[]{-1, 0.2F}, e[]{0, -4};
  blend_channels(layout, {x, false}, {dy, false}, affine, a, b, e, {dx, false});
  const float expected[]{1 - 1, 4 - 3, -3 + 2 - 4, -2 + 6 - 4};
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(dx[i], expected[i], 1e-5) << i;
}

/// Of number i of a row of [groups, pixels, block].
std::size_t channel_of(std::size_t i, const ChannelLayout& l) {
  const auto block = static_cast<std::size_t>(l.block), pixels = static_cast<std::size_t>(l.pixels);
  return i / (block * pixels) % static_cast<std::size_t>(l.groups) * block + i % block;
}

/// Holds all loops against plain ones of the same numbers.
void expect_by_hand(const ChannelLayout& layout, float slope) {
  const int block = layout.block, pixels = layout.pixels;
  const auto channels = static_cast<std::size_t>(2 * block),
             count = 2 * channels * static_cast<std::size_t>(pixels);
  std::vector<float> x(count), dy(count), y(count), dx(count), scale(channels), shift(channels), b(channels);
  for (std::size_t i = 0; i < count; ++i) {
    x[i] = static_cast<float>(i * 7 % 11) - 5;
    dy[i] = static_cast<float>(i * 5 % 13) - 6;
  }
  for (std::size_t c = 0; c < channels; ++c) {
    scale[c] = static_cast<float>(c % 3) - 1;
    shift[c] = static_cast<float>(c % 5) - 2;
    b[c] = static_cast<float>(c);
  }
  const ChannelAffine affine{scale.data(), shift.data(), slope};
  std::vector<double> sums(channels), dots(channels), wanted_sums(channels), wanted_dots(channels);
  apply_affine(layout, {x.data(), false}, affine, {y.data(), false});
  affine_gradient_sums(layout, {x.data(), false}, {dy.data(), false}, affine, shift.data(), b.data(),
                       sums.data(), dots.data());
  blend_channels(layout, {x.data(), false}, {dy.data(), false}, affine, scale.data(), b.data(), shift.data(),
                 {dx.data(), false});
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t c = channel_of(i, layout);
    const float v = scale[c] * x[i] + shift[c], g = v > 0 ? dy[i] : slope * dy[i];
    EXPECT_EQ(y[i], v > 0 ? v : slope * v) << block << " " << pixels << " " << i;
    EXPECT_EQ(dx[i], scale[c] * g + b[c] * x[i] + shift[c]) << block << " " << pixels << " " << i;
    wanted_sums[c] += static_cast<double>(g);
    wanted_dots[c] += static_cast<double>(g * (x[i] - shift[c])) * static_cast<double>(b[c]);
  }
  for (std::size_t c = 0; c < channels; ++c) {  // quarters, which add up exactly
    EXPECT_EQ(sums[c], wanted_sums[c]) << block << " " << pixels << " " << c;
    EXPECT_EQ(dots[c], wanted_dots[c]) << block << " " << pixels << " " << c;
  }
}

TEST(NormLoops, AreTheSameInEveryLayoutAndOfNumbersThatFillNoVector) {
  for (const std::int64_t left_out : kTargetsLeftOut) {
    const WithoutTargets without(left_out);
    for (const int block : {1, 8, 16})
      for (const int pixels : {1, 3, 19, 64})
        for (const float slope : {0.F, 0.25F, 1.F}) expect_by_hand({2, 2, pixels, block}, slope);
  }
}

TEST(NormLoops, LetNoNumberThrough) {
  // What isn't a number stays one, rectified or not.
  const ChannelLayout layout{1, 1, 1, 16};
  std::vector<float> x(16, std::nanf("")), y(16), scale(16, 1.F), shift(16, 0.F);
  for (const float slope : {0.F, 0.25F, 1.F}) {
    apply_affine(layout, {x.data(), false}, {scale.data(), shift.data(), slope}, {y.data(), false});
    for (const float v : y) EXPECT_TRUE(std::isnan(v)) << slope;
  }
}

TEST(NormLoops, TakeBfloat16AsFloatsRoundedAtTheEnd) {
  const ChannelLayout layout{1, 1, 40, 16};
  constexpr std::size_t kCount = 640;
  std::vector<float> x(kCount), y(kCount), scale(16), shift(16);
  std::vector<std::uint16_t> x16(kCount), y16(kCount), wanted(kCount);
  for (std::size_t i = 0; i < kCount; ++i)
    x[i] = static_cast<float>(Stream{.seed = 5}.split("at", i).normal("x", 0, 3));
  to_bf16(x16.data(), x.data(), kCount);
  for (std::size_t i = 0; i < kCount; ++i)
    x[i] = std::bit_cast<float>(static_cast<std::uint32_t>(x16[i]) << 16);
  for (std::size_t c = 0; c < 16; ++c) {
    scale[c] = 0.3F * static_cast<float>(c) - 2;
    shift[c] = 0.1F * static_cast<float>(c);
  }
  const ChannelAffine affine{scale.data(), shift.data(), 0.1F};
  apply_affine(layout, {x.data(), false}, affine, {y.data(), false});
  to_bf16(wanted.data(), y.data(), kCount);
  for (const std::int64_t left_out : kTargetsLeftOut) {
    const WithoutTargets without(left_out);
    apply_affine(layout, {x16.data(), true}, affine, {y16.data(), true});
    EXPECT_EQ(y16, wanted);
  }
}

}  // namespace
}  // namespace doppel::nn::engine
