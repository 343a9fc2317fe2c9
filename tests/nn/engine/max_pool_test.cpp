#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <vector>

#include "doppel/base/random.h"
#include "engine/kernels.h"
#include "nn/without_targets.h"

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

/// Planes of floats or of bfloat16, by number.
class PooledPlanes {
 public:
  PooledPlanes(std::size_t count, bool bf16) : bf16_(bf16), words_(count * (bf16 ? 2 : 4)) {}
  float operator[](std::size_t i) const {
    std::uint32_t bits = 0;
    std::memcpy(reinterpret_cast<unsigned char*>(&bits) + (bf16_ ? 2 : 0), words_.data() + i * bytes(),
                bytes());
    return std::bit_cast<float>(bits);
  }
  void set(std::size_t i, float v) {
    auto bits = std::bit_cast<std::uint32_t>(v);
    if (bf16_) bits = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    std::memcpy(words_.data() + i * bytes(), &bits, bytes());
  }
  Numbers numbers() { return {words_.data(), bf16_}; }

 private:
  std::size_t bytes() const { return bf16_ ? 2 : 4; }
  bool bf16_;
  std::vector<unsigned char> words_;
};

/// The same bits, but for which no number it is: that may depend on which of two an addition takes first.
bool are_alike(const PooledPlanes& a, const PooledPlanes& b, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i]) &&
        !(std::isnan(a[i]) && std::isnan(b[i])))
      return false;
  return true;
}

/// Few different numbers, so that many are equally large; some infinite or no numbers.
PooledPlanes pooled_planes(std::size_t count, bool bf16, std::uint64_t seed) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kOdd[] = {NAN, -kInfinity, kInfinity, -0.F, -kInfinity};
  PooledPlanes planes(count, bf16);
  const auto noise = window_noise(count, seed);
  for (std::size_t i = 0; i < count; ++i)
    planes.set(i, i * 7 % 11 == 0 ? kOdd[i % 5] : std::round(noise[i] * 2) / 4);
  return planes;
}

/// What all loops must come to, to the bit.
void pool_one_by_one(const SlidingWindow& w, std::size_t block, const PooledPlanes& x, const PooledPlanes& dy,
                     PooledPlanes& y, std::vector<unsigned char>& which, PooledPlanes& dx) {
  const auto in = std::size_t(w.in_h * w.in_w), out = std::size_t(w.out_h * w.out_w),
             planes = which.size() / out / block;
  for (std::size_t plane = 0; plane < planes; ++plane)
    for (std::size_t c = 0; c < block; ++c) {
      std::vector<float> best(out, -3.4e38F), sums(in);
      std::vector<int> taps(out);
      each_window_tap(w, [&](std::size_t i, std::size_t o, int tap) {
        if (const float v = x[(plane * in + i) * block + c]; v > best[o]) best[o] = v, taps[o] = tap;
      });
      each_window_tap(w, [&](std::size_t i, std::size_t o, int tap) {
        if (taps[o] == tap) sums[i] += dy[(plane * out + o) * block + c];
      });
      for (std::size_t o = 0; o < out; ++o) {
        y.set((plane * out + o) * block + c, best[o]);
        which[(plane * out + o) * block + c] = static_cast<unsigned char>(taps[o]);
      }
      for (std::size_t i = 0; i < in; ++i) dx.set((plane * in + i) * block + c, sums[i]);
    }
}

void expect_bits_of_one_by_one(const SlidingWindow& w, std::size_t block, bool bf16) {
  constexpr std::size_t kPlanes = 2;
  const auto in = kPlanes * block * std::size_t(w.in_h * w.in_w),
             out = kPlanes * block * std::size_t(w.out_h * w.out_w);
  PooledPlanes x = pooled_planes(in, bf16, 5), dy = pooled_planes(out, bf16, 6), y(out, bf16), dx(in, bf16);
  std::vector<unsigned char> which(out);
  pool_one_by_one(w, block, x, dy, y, which, dx);
  const ChannelLayout layout{1, kPlanes, w.out_h * w.out_w, static_cast<int>(block)};
  for (const std::int64_t without : kTargetsLeftOut) {
    const WithoutTargets targets(without);
    PooledPlanes got = pooled_planes(out, bf16, 7), again = got, back = pooled_planes(in, bf16, 8);
    std::vector<unsigned char> found(out, 77);
    max_pool(w, layout, x.numbers(), got.numbers(), found.data());
    max_pool(w, layout, x.numbers(), again.numbers(), nullptr);
    max_pool_backward(w, layout, dy.numbers(), found.data(), back.numbers());
    ASSERT_TRUE(are_alike(got, y, out));
    ASSERT_TRUE(are_alike(again, y, out));
    ASSERT_EQ(found, which);
    ASSERT_TRUE(are_alike(back, dx, in));
  }
}

// Windows of 3x3 have loops of their own, where all of one is inside; so do their gradients.
TEST(MaxPool, WindowsOfNineGiveTheBitsOfOneNumberAtATime) {
  for (const int stride : {1, 2, 3})
    for (const int pad : {0, 1, 2})
      for (const int height : {1, 2, 3, 4, 7, 10})
        for (const int width : {1, 2, 3, 4, 5, 8, 11})
          for (const int more : {0, 1}) {  // windows that begin inside and end outside
            SlidingWindow w{height, width, 0, 0, 3, 3, stride, pad, more == 0 ? pad : (pad + 1) % 3};
            const int down = height + 2 * w.top - 3, right = width + 2 * w.left - 3;
            if (down < 0 || right < 0) continue;
            w.out_h = down / stride + 1 + more, w.out_w = right / stride + 1 + more;
            if ((w.out_h - 1) * stride - w.top >= height || (w.out_w - 1) * stride - w.left >= width)
              continue;
            for (const std::size_t block : {1U, 8U, 16U})
              for (const bool bf16 : {false, true}) {
                SCOPED_TRACE(testing::Message() << height << 'x' << width << " stride " << stride << " pads "
                                                << w.top << ' ' << w.left << " more " << more << " block "
                                                << block << (bf16 ? " bfloat16" : " floats"));
                expect_bits_of_one_by_one(w, block, bf16);
              }
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
