// Winograd's algorithm beside its definition.
#include "engine/winograd.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "doppel/base/random.h"
#include "engine/buffer.h"
#include "nn/without_targets.h"

namespace doppel::nn::engine {
namespace {

/// One row of [channels, height, width] in blocks, and where a number lies.
struct BlockedShape {
  int channels, height, width, block;
  std::size_t numbers() const { return static_cast<std::size_t>(channels * height * width); }
  std::size_t at(int row, int c, int y, int x) const {
    const int group = row * (channels / block) + c / block;
    return static_cast<std::size_t>(((group * height + y) * width + x) * block + c % block);
  }
};

float wino_noise(std::uint64_t seed, std::size_t i) {
  return static_cast<float>(Stream{.seed = seed}.split("at", i).normal("v"));
}

/// Numbers of either type, and what they are as floats.
class TypedNumbers {
 public:
  TypedNumbers(std::size_t count, bool bf16, std::uint64_t seed) : bf16_(bf16) {
    for (std::size_t i = 0; i < count; ++i) floats_.push_back(wino_noise(seed, i));
    if (!bf16) return;
    words_.resize(count);
    to_bf16(words_.data(), floats_.data(), count);
    for (std::size_t i = 0; i < count; ++i) floats_[i] = word(i);
  }
  Numbers numbers() { return {bf16_ ? static_cast<void*>(words_.data()) : floats_.data(), bf16_}; }
  float operator[](std::size_t i) const { return bf16_ ? word(i) : floats_[i]; }
  /// How far off a number may be for being rounded.
  double rounding() const { return bf16_ ? 1.0 / 256 : 0; }

 private:
  float word(std::size_t i) const {
    return std::bit_cast<float>(static_cast<std::uint32_t>(words_[i]) << 16);
  }
  bool bf16_;
  std::vector<float> floats_;
  std::vector<std::uint16_t> words_;
};

struct WinogradCase {
  WinogradConv conv;
  int rows;
  BlockedShape in() const { return {conv.inputs, conv.in_h, conv.in_w, conv.block}; }
  BlockedShape out() const { return {conv.filters, conv.out_h, conv.out_w, conv.block}; }
  /// [filters, inputs, k, k]
  std::size_t weight(int f, int c, int ky, int kx) const {
    return static_cast<std::size_t>(((f * conv.inputs + c) * conv.kernel + ky) * conv.kernel + kx);
  }
  /// Calls visit(weight's place, in's place, out's place) for every product.
  void each_product(auto visit) const {
    for (int r = 0; r < rows; ++r)
      for (int f = 0; f < conv.filters; ++f)
        for (int oy = 0; oy < conv.out_h; ++oy)
          for (int ox = 0; ox < conv.out_w; ++ox)
            for (int ky = 0; ky < conv.kernel; ++ky)
              for (int kx = 0; kx < conv.kernel; ++kx) {
                const int y = oy * conv.stride() - conv.top + ky, x = ox * conv.stride() - conv.left + kx;
                if (y < 0 || y >= conv.in_h || x < 0 || x >= conv.in_w) continue;
                for (int c = 0; c < conv.inputs; ++c)
                  visit(weight(f, c, ky, kx), in().at(r, c, y, x), out().at(r, f, oy, ox));
              }
  }
};

/// Odd sizes, padding that isn't the same on all sides, planes smaller than a tile, groups that are left
/// over.
std::vector<WinogradCase> winograd_cases() {
  std::vector<WinogradCase> cases;
  for (const int block : {8, 16}) {
    if (block > winograd_block()) continue;
    const int b = block;
    cases.insert(cases.end(), {{{13, 9, 13, 9, 1, 1, 2 * b, 3 * b, 3, b}, 3},
                               {{6, 7, 4, 5, 0, 0, b, 2 * b, 3, b}, 2},
                               {{3, 2, 5, 4, 2, 2, 2 * b, b, 3, b}, 1},
                               {{5, 5, 4, 5, 0, 1, b, b, 3, b}, 17},
                               {{8, 8, 8, 8, 2, 2, 3 * b, 2 * b, 5, b}, 2},
                               {{7, 6, 3, 2, 0, 0, b, b, 5, b}, 3},
                               {{4, 3, 7, 5, 4, 3, b, 3 * b, 5, b}, 2},
                               {{16, 16, 8, 8, 1, 1, b, 2 * b, 4, b}, 2},
                               {{13, 9, 6, 4, 1, 1, 2 * b, 3 * b, 4, b}, 3},
                               {{7, 6, 2, 2, 0, 0, b, b, 4, b}, 17},
                               {{5, 4, 3, 3, 2, 2, 3 * b, 2 * b, 4, b}, 2},
                               {{3, 10, 2, 4, 3, 0, b, b, 4, b}, 1},
                               {{2, 1, 1, 1, 1, 2, 2 * b, b, 4, b}, 5}});
  }
  return cases;
}

/// Calls check(case) for every case, as each processor runs it.
void on_each_processor(auto check) {
  for (const std::int64_t left_out : kTargetsLeftOut) {
    const WithoutTargets without(left_out);
    for (const WinogradCase& a : winograd_cases()) check(a);
  }
}

/// What is left of products of numbers of size 1, one tile's worth of which are added up.
constexpr double kNear = 2e-4;

TEST(Winograd, OutputsAreTheSumsOfProducts) {
  on_each_processor([](const WinogradCase& a) {
    for (const bool x16 : {false, true})
      for (const bool y16 : {false, true}) {
        const std::size_t weights = a.weight(a.conv.filters, 0, 0, 0), outs = a.out().numbers() * a.rows;
        TypedNumbers x(a.in().numbers() * a.rows, x16, 1), y(outs, y16, 2);
        const TypedNumbers w(weights, false, 3), bias(a.conv.filters, false, 4);
        std::vector<float> plain, shifts;
        for (std::size_t i = 0; i < weights; ++i) plain.push_back(w[i]);
        for (int f = 0; f < a.conv.filters; ++f) shifts.push_back(bias[f]);
        const Buffer loaded(winograd_weights(a.conv)), scratch(winograd_scratch(a.conv, a.rows));
        winograd_load(a.conv, plain.data(), loaded.data());
        winograd_conv(a.conv, a.rows, x.numbers(), loaded.data(), shifts.data(), 0.25F, y.numbers(),
                      scratch.data());
        std::vector<double> expected(outs);
        a.each_product([&](auto iw, auto ix, auto iy) {
          expected[iy] += static_cast<double>(plain[iw]) * static_cast<double>(x[ix]);
        });
        for (int r = 0; r < a.rows; ++r)
          for (int f = 0; f < a.conv.filters; ++f)
            for (int oy = 0; oy < a.conv.out_h; ++oy)
              for (int ox = 0; ox < a.conv.out_w; ++ox) {
                const std::size_t i = a.out().at(r, f, oy, ox);
                const double sum = expected[i] + static_cast<double>(bias[f]), v = sum < 0 ? 0.25 * sum : sum;
                ASSERT_NEAR(y[i], v, kNear * 10 + y.rounding() * std::abs(v)) << oy << ' ' << ox;
              }
      }
  });
}

TEST(Winograd, GradientsGoBackThroughTheSameProducts) {
  on_each_processor([](const WinogradCase& a) {
    for (const bool bf16 : {false, true}) {
      const std::size_t ins = a.in().numbers() * a.rows;
      TypedNumbers dy(a.out().numbers() * a.rows, bf16, 1), dx(ins, bf16, 2);
      std::vector<float> w(a.weight(a.conv.filters, 0, 0, 0));
      for (std::size_t i = 0; i < w.size(); ++i) w[i] = wino_noise(5, i);
      const WinogradConv back = a.conv.back();
      const Buffer loaded(winograd_weights(back)), scratch(winograd_scratch(back, a.rows));
      winograd_load_back(a.conv, w.data(), loaded.data());
      winograd_conv(back, a.rows, dy.numbers(), loaded.data(), nullptr, 1, dx.numbers(), scratch.data());
      std::vector<double> expected(ins);
      a.each_product([&](auto iw, auto ix, auto iy) {
        expected[ix] += static_cast<double>(w[iw]) * static_cast<double>(dy[iy]);
      });
      for (std::size_t i = 0; i < ins; ++i)
        ASSERT_NEAR(dx[i], expected[i], kNear * 10 + dx.rounding() * std::abs(expected[i])) << i;
    }
  });
}

TEST(Winograd, WeightsGetTheSumOverRowsAndPixels) {
  on_each_processor([](const WinogradCase& a) {
    for (const bool bf16 : {false, true}) {
      TypedNumbers x(a.in().numbers() * a.rows, bf16, 1), dy(a.out().numbers() * a.rows, bf16, 2);
      const std::size_t weights = a.weight(a.conv.filters, 0, 0, 0);
      std::vector<float> dw(weights);
      const Buffer scratch(winograd_grad_scratch(a.conv, a.rows));
      winograd_weight_grad(a.conv, a.rows, x.numbers(), dy.numbers(), dw.data(), scratch.data());
      std::vector<double> expected(weights);
      a.each_product([&](auto iw, auto ix, auto iy) {
        expected[iw] += static_cast<double>(x[ix]) * static_cast<double>(dy[iy]);
      });
      const int b = a.conv.block, k = a.conv.kernel;
      for (int f = 0; f < a.conv.filters; ++f)
        for (int c = 0; c < a.conv.inputs; ++c)
          for (int ky = 0; ky < k; ++ky)
            for (int kx = 0; kx < k; ++kx) {
              const int group = f / b * (a.conv.inputs / b) + c / b;
              const int at = (((group * k + ky) * k + kx) * b + c % b) * b + f % b;
              ASSERT_NEAR(dw[static_cast<std::size_t>(at)], expected[a.weight(f, c, ky, kx)],
                          kNear * std::sqrt(a.rows * a.conv.out_h * a.conv.out_w) * 10);
            }
    }
  });
}

// Many channels: sums are made for some inputs at a time, and tiles of gradients anew for each.
TEST(Winograd, WeightsOfManyChannelsAreSummedInParts) {
  const int b = winograd_block();
  if (b == 0) GTEST_SKIP() << "no loops for this processor";
  const WinogradCase a{{4, 4, 4, 4, 1, 1, 256, 512, 3, b}, 300};
  TypedNumbers x(a.in().numbers() * a.rows, false, 1), dy(a.out().numbers() * a.rows, false, 2);
  std::vector<float> dw(a.weight(a.conv.filters, 0, 0, 0));
  const Buffer scratch(winograd_grad_scratch(a.conv, a.rows));
  winograd_weight_grad(a.conv, a.rows, x.numbers(), dy.numbers(), dw.data(), scratch.data());
  for (const auto& [f, c] : {std::pair{0, 0}, {511, 255}, {300, 17}, {77, 200}}) {
    double sum = 0;  // of the middle tap
    for (int r = 0; r < a.rows; ++r)
      for (int y = 0; y < 4; ++y)
        for (int i = 0; i < 4; ++i)
          sum +=
              static_cast<double>(x[a.in().at(r, c, y, i)]) * static_cast<double>(dy[a.out().at(r, f, y, i)]);
    const int at = (((f / b * (256 / b) + c / b) * 9 + 4) * b + c % b) * b + f % b;
    EXPECT_NEAR(dw[static_cast<std::size_t>(at)], sum, 0.02) << f << ' ' << c;
  }
}

// Parts begin and end within phases.
TEST(Winograd, WeightsOfPhasesAreSummedInParts) {
  const int b = winograd_block();
  if (b == 0) GTEST_SKIP() << "no loops for this processor";
  const WinogradCase a{{8, 8, 4, 4, 1, 1, 80, 512, 4, b}, 2};
  TypedNumbers x(a.in().numbers() * a.rows, false, 1), dy(a.out().numbers() * a.rows, false, 2);
  const std::size_t weights = a.weight(a.conv.filters, 0, 0, 0);
  std::vector<float> dw(weights), expected(weights);
  const Buffer scratch(winograd_grad_scratch(a.conv, a.rows));
  winograd_weight_grad(a.conv, a.rows, x.numbers(), dy.numbers(), dw.data(), scratch.data());
  a.each_product([&](auto iw, auto ix, auto iy) { expected[iw] += x[ix] * dy[iy]; });
  for (int f = 0; f < a.conv.filters; f += 3)
    for (int c = 0; c < a.conv.inputs; ++c)
      for (int tap = 0; tap < 16; ++tap) {
        const int at = (((f / b * (80 / b) + c / b) * 16 + tap) * b + c % b) * b + f % b;
        ASSERT_NEAR(dw[static_cast<std::size_t>(at)], expected[a.weight(f, c, tap / 4, tap % 4)], 2e-4)
            << f << ' ' << c << ' ' << tap;
      }
}

// As near to the sums' own as 6x6 tiles come: 1e-6 of their size, where sums of floats in order err by half
// of it.
TEST(Winograd, OfPhasesErrsByAMillionth) {
  const int b = winograd_block();
  if (b == 0) GTEST_SKIP() << "no loops for this processor";
  const WinogradCase a{{16, 16, 8, 8, 1, 1, 128, b, 4, b}, 1};
  TypedNumbers x(a.in().numbers(), false, 1), y(a.out().numbers(), false, 2);
  std::vector<float> w(a.weight(a.conv.filters, 0, 0, 0));
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = wino_noise(5, i);
  const Buffer loaded(winograd_weights(a.conv)), scratch(winograd_scratch(a.conv, 1));
  winograd_load(a.conv, w.data(), loaded.data());
  winograd_conv(a.conv, 1, x.numbers(), loaded.data(), nullptr, 1, y.numbers(), scratch.data());
  std::vector<double> expected(a.out().numbers());
  a.each_product([&](auto iw, auto ix, auto iy) {
    expected[iy] += static_cast<double>(w[iw]) * static_cast<double>(x[ix]);
  });
  double error = 0, size = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    error += (y[i] - expected[i]) * (y[i] - expected[i]);
    size += expected[i] * expected[i];
  }
  EXPECT_LT(std::sqrt(error / size), 2.5e-6);
}

TEST(Winograd, WhatIsNoNumberStaysNone) {
  const int b = winograd_block();
  if (b == 0) GTEST_SKIP() << "no loops for this processor";
  const WinogradCase a{{8, 8, 8, 8, 1, 1, b, b, 3, b}, 1};
  std::vector<float> x(a.in().numbers()), y(a.out().numbers()), w(a.weight(b, 0, 0, 0), 1.F);
  x[a.in().at(0, 0, 1, 1)] = std::numeric_limits<float>::quiet_NaN();
  const Buffer loaded(winograd_weights(a.conv)), scratch(winograd_scratch(a.conv, 1));
  winograd_load(a.conv, w.data(), loaded.data());
  winograd_conv(a.conv, 1, {x.data(), false}, loaded.data(), nullptr, 0, {y.data(), false}, scratch.data());
  EXPECT_TRUE(std::isnan(y[a.out().at(0, 0, 0, 0)]));
  EXPECT_FALSE(std::isnan(y[a.out().at(0, 0, 7, 7)]));
}

}  // namespace
}  // namespace doppel::nn::engine
