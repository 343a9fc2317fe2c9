#include "engine/bf16_weight_grad.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "doppel/base/random.h"
#include "doppel/nn/engine/executor.h"

namespace doppel::nn::engine {
namespace {

/// Random numbers that bfloat16 holds exactly.
std::vector<std::uint16_t> some_halves(std::size_t count, std::uint64_t seed) {
  std::vector<std::uint16_t> bf16_numbers(count);
  const Stream stream{.seed = seed};
  for (std::size_t i = 0; i < count; ++i) {
    const auto v = static_cast<float>(stream.split("at", i).normal("v"));
    bf16_numbers[i] = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(v) >> 16);
  }
  return bf16_numbers;
}
double value(std::uint16_t bf16) {
  return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bf16) << 16));
}

/// Where a pixel of a channel lies among rows of [channels/16, pixels, 16].
std::size_t place(int row, int channel, int channels, int pixel, int pixels) {
  return ((static_cast<std::size_t>(row) * channels / 16 + channel / 16) * pixels + pixel) * 16 +
         channel % 16;
}

struct Case {
  int rows, inputs, filters, in_h, in_w, kernel_h, kernel_w, stride, top, left, out_h, out_w;
};

/// The sum in doubles, and in `size` that of its terms' magnitudes.
double expected(const Case& c, const std::vector<std::uint16_t>& x, const std::vector<std::uint16_t>& dy,
                int filter, int input, int ky, int kx, double& size) {
  double sum = 0;
  size = 0;
  for (int row = 0; row < c.rows; ++row)
    for (int oy = 0; oy < c.out_h; ++oy)
      for (int ox = 0; ox < c.out_w; ++ox) {
        const int iy = oy * c.stride - c.top + ky, ix = ox * c.stride - c.left + kx;
        if (iy < 0 || iy >= c.in_h || ix < 0 || ix >= c.in_w) continue;
        const double term = value(x[place(row, input, c.inputs, iy * c.in_w + ix, c.in_h * c.in_w)]) *
                            value(dy[place(row, filter, c.filters, oy * c.out_w + ox, c.out_h * c.out_w)]);
        sum += term;
        size += std::abs(term);
      }
  return sum;
}

TEST(HalfWeightGrad, IsTheSumOfAllProducts) {
  if (!has_bf16()) GTEST_SKIP() << "this processor doesn't multiply bfloat16";
  constexpr Case kCases[] = {
      {3, 32, 48, 5, 7, 1, 1, 1, 0, 0, 5, 7},      // an odd number of pixels, and of blocks
      {2, 16, 32, 9, 9, 3, 3, 1, 1, 1, 9, 9},      // zeros at the edges
      {3, 16, 16, 7, 7, 3, 3, 2, 1, 1, 4, 4},      // every second pixel
      {1, 16, 32, 8, 6, 4, 4, 2, 1, 1, 4, 3},      //
      {2, 16, 16, 6, 10, 1, 5, 1, 0, 2, 6, 10},    // a flat kernel
      {5, 16, 16, 20, 21, 2, 3, 1, 0, 0, 19, 19},  // several runs of pixels, that end within rows
      {1, 16, 2048, 6, 6, 1, 1, 1, 0, 0, 6, 6},    // filters for which few pixels fit the cache
      {1, 16, 16, 1, 1, 3, 3, 1, 1, 1, 1, 1}};     // one pixel
  for (const Case& c : kCases) {
    const SlidingWindow window{c.in_h,     c.in_w,   c.out_h, c.out_w, c.kernel_h,
                               c.kernel_w, c.stride, c.top,   c.left};
    const BlockedConv conv{window, c.inputs, c.filters};
    const auto x = some_halves(static_cast<std::size_t>(c.rows) * c.inputs * c.in_h * c.in_w, 1),
               dy = some_halves(static_cast<std::size_t>(c.rows) * c.filters * c.out_h * c.out_w, 2);
    std::vector<float> dw(static_cast<std::size_t>(c.filters) * c.inputs * c.kernel_h * c.kernel_w, 7.F);
    std::vector<char> scratch(bf16_weight_grad_scratch(conv));
    bf16_weight_grad(conv, c.rows, x.data(), dy.data(), dw.data(), scratch.data());
    for (int f = 0; f < c.filters; f += 5)
      for (int i = 0; i < c.inputs; i += 3)
        for (int ky = 0; ky < c.kernel_h; ++ky)
          for (int kx = 0; kx < c.kernel_w; ++kx) {
            double size = 0;
            const double wanted = expected(c, x, dy, f, i, ky, kx, size);
            const std::size_t block = static_cast<std::size_t>(f / 16) * (c.inputs / 16) + i / 16,
                              tap = (block * c.kernel_h + ky) * c.kernel_w + kx;
            EXPECT_NEAR(static_cast<double>(dw[tap * 256 + i % 16 * 16 + f % 16]), wanted,
                        1e-6 * size + 1e-12)
                << c.kernel_h << 'x' << c.kernel_w << " filter " << f << " input " << i << " tap " << ky
                << ' ' << kx;
          }
  }
}

}  // namespace
}  // namespace doppel::nn::engine
