#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "doppel/base/random.h"
#include "engine/kernels.h"

namespace doppel::nn::engine {
namespace {

/// Each place of an image that a window's tap reaches: call(place in, place out, tap).
void each_window_tap(const SlidingWindow& w, auto call) {
  for (int oy = 0; oy < w.out_h; ++oy)
    for (int ox = 0; ox < w.out_w; ++ox)
      for (int tap = 0; tap < w.kernel_h * w.kernel_w; ++tap) {
        const int y = oy * w.stride - w.top + tap / w.kernel_w, x = ox * w.stride - w.left + tap % w.kernel_w;
        if (y >= 0 && y < w.in_h && x >= 0 && x < w.in_w)
          call(std::size_t(y * w.in_w + x), std::size_t(oy * w.out_w + ox), tap);
      }
}

std::vector<float> window_noise(std::size_t n, std::uint64_t seed) {
  std::vector<float> v(n);
  for (std::size_t i = 0; i < n; ++i)
    v[i] = static_cast<float>(Stream{.seed = seed}.split("at", i).normal("v"));
  return v;
}

// Halving has a loop of its own, also where a row and a column are left over; blocks go through registers.
TEST(MaxPool, TheLargestIsTakenPickedAgainAndGivenItsGradient) {
  for (const SlidingWindow& w : {SlidingWindow{6, 8, 3, 4, 2, 2, 2, 0, 0},
                                 {7, 9, 3, 4, 2, 2, 2, 0, 0},
                                 {7, 6, 4, 3, 3, 3, 2, 1, 1},
                                 {5, 5, 5, 5, 3, 2, 1, 1, 0}})
    for (const std::size_t block : {1U, 8U, 16U}) {
      SCOPED_TRACE(block);
      const auto in = std::size_t(w.in_h * w.in_w), out = std::size_t(w.out_h * w.out_w);
      constexpr std::size_t kPlanes = 3;
      const ChannelLayout layout{1, kPlanes, static_cast<int>(out), static_cast<int>(block)};
      auto x = window_noise(kPlanes * in * block, 1);
      const auto dy = window_noise(kPlanes * out * block, 2);
      std::vector<float> y(dy.size()), picked(dy.size()), dx(x.size(), 7.F), expected(x.size());
      std::vector<unsigned char> which(dy.size());
      max_pool(w, layout, {x.data(), false}, {y.data(), false}, which.data());
      max_pool_pick(w, layout, {x.data(), false}, which.data(), {picked.data(), false});
      EXPECT_EQ(picked, y);
      max_pool_backward(w, layout, {const_cast<float*>(dy.data()), false}, which.data(), {dx.data(), false});
      for (std::size_t plane = 0; plane < kPlanes; ++plane)
        for (std::size_t c = 0; c < block; ++c) {
          const auto from = [&](std::size_t i) { return (plane * in + i) * block + c; };
          const auto to = [&](std::size_t i) { return (plane * out + i) * block + c; };
          std::vector<std::size_t> best(out, in);
          each_window_tap(w, [&](std::size_t i, std::size_t o, int) {
            if (best[o] == in || x[from(i)] > x[from(best[o])]) best[o] = i;
          });
          for (std::size_t o = 0; o < out; ++o) {
            ASSERT_EQ(y[to(o)], x[from(best[o])]);
            expected[from(best[o])] += dy[to(o)];
          }
        }
      for (std::size_t i = 0; i < dx.size(); ++i) ASSERT_NEAR(dx[i], expected[i], 1e-5) << i;
      // Nobody asks which it was.
      std::vector<float> again(y.size());
      max_pool(w, layout, {x.data(), false}, {again.data(), false}, nullptr);
      EXPECT_EQ(again, y);
    }
}

TEST(MaxPool, TheFirstOfSeveralLargestIsTaken) {
  for (const SlidingWindow& w : {SlidingWindow{2, 2, 1, 1, 2, 2, 2, 0, 0}, {2, 2, 1, 1, 2, 2, 1, 0, 0}})
    for (const int block : {1, 8}) {
      std::vector<float> x(static_cast<std::size_t>(4 * block), -3.F), y(static_cast<std::size_t>(block));
      std::vector<unsigned char> which(y.size(), 9);
      max_pool(w, {1, 1, 1, block}, {x.data(), false}, {y.data(), false}, which.data());
      EXPECT_EQ(y[0], -3);
      EXPECT_EQ(which[0], 0);
    }
}

TEST(MaxPool, LoopsOfOneTypeRefuseTwo) {
  alignas(64) float floats[64] = {};
  alignas(64) std::uint16_t bf16_numbers[64] = {};
  const Numbers f{floats, false}, h{bf16_numbers, true};
  unsigned char which[64] = {};
  const ChannelLayout layout{1, 1, 4, 16};
  const SlidingWindow window{2, 2, 2, 2, 1, 1, 1, 0, 0};
  EXPECT_THROW(max_pool(window, layout, h, f, which), std::logic_error);
  EXPECT_THROW(max_pool_pick(window, layout, f, which, h), std::logic_error);
  EXPECT_THROW(max_pool_backward(window, layout, h, which, f), std::logic_error);
}

}  // namespace
}  // namespace doppel::nn::engine
