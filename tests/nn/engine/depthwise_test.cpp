#include "engine/depthwise.h"

#include <gtest/gtest.h>

#include <vector>

#include "nn/against_reference.h"

namespace doppel::nn::engine {
namespace {

/// The sum of all products, in doubles.
std::vector<double> by_hand(const SlidingWindow& w, const ChannelLayout& out, const std::vector<float>& x,
                            const std::vector<float>& dy) {
  std::vector<double> dw(static_cast<std::size_t>(out.groups * out.block * w.kernel_h * w.kernel_w));
  for (int r = 0; r < out.rows; ++r)
    for (int c = 0; c < out.groups * out.block; ++c)
      for (int oy = 0; oy < w.out_h; ++oy)
        for (int ox = 0; ox < w.out_w; ++ox)
          for (int ky = 0; ky < w.kernel_h; ++ky)
            for (int kx = 0; kx < w.kernel_w; ++kx) {
              const int iy = oy * w.stride - w.top + ky, ix = ox * w.stride - w.left + kx;
              if (iy < 0 || iy >= w.in_h || ix < 0 || ix >= w.in_w) continue;
              const auto at = [&](int height, int width, int y, int column) {
                const int plane = r * out.groups + c / out.block;
                return static_cast<std::size_t>(((plane * height + y) * width + column) * out.block +
                                                c % out.block);
              };
              dw[static_cast<std::size_t>((c * w.kernel_h + ky) * w.kernel_w + kx)] +=
                  static_cast<double>(x[at(w.in_h, w.in_w, iy, ix)]) *
                  static_cast<double>(dy[at(w.out_h, w.out_w, oy, ox)]);
            }
  return dw;
}

TEST(Depthwise, WeightGradientsAreSumsOfProducts) {
  for (const int block : {8, 16})
    for (const auto& w :
         {SlidingWindow{9, 11, 9, 11, 5, 5, 1, 2, 2}, SlidingWindow{9, 12, 5, 6, 7, 7, 2, 3, 3},
          SlidingWindow{2, 2, 2, 2, 7, 7, 1, 3, 3}, SlidingWindow{8, 7, 6, 5, 3, 3, 1, 0, 0},
          SlidingWindow{6, 6, 2, 2, 1, 11, 3, 0, 5}}) {
      const ChannelLayout out{2, 2, w.out_h * w.out_w, block};
      const auto noise = [&](int pixels, std::uint64_t seed) {
        const auto n = reference_noise(static_cast<std::size_t>(4 * pixels * block), seed);
        return std::vector<float>(n.begin(), n.end());
      };
      const auto x = noise(w.in_h * w.in_w, 1), dy = noise(w.out_h * w.out_w, 2);
      const auto want = by_hand(w, out, x, dy);
      std::vector<float> dw(want.size()), db(static_cast<std::size_t>(2 * block));
      depthwise_weight_grad(w, out, 2 * block, x.data(), dy.data(), dw.data(), db.data());
      EXPECT_LT(relative_error(dw, want), 1e-5) << block << ' ' << w.kernel_h << ' ' << w.kernel_w;
    }
}

}  // namespace
}  // namespace doppel::nn::engine

namespace doppel::nn {
namespace {

TEST(Depthwise, GradientsMatchTheReference) {
  for (const int shards : {1, 2}) {
    expect_reference_gradients("conv1x1(24)-conv5x5(depthwise,s2,p2)-bn-tanh-conv7x7(depthwise)-relu-gap-fc",
                               {3, 11, 9}, 5, shards);
    // Groups of 8, 4 and 3 channels, which some processors' kernels have no loop for.
    expect_reference_gradients(
        "conv1x1(48)-conv3x3(48,g6)-bn-tanh-conv3x3(48,g12,s2,p1)-tanh-conv3x3(48,g16,nobias)-relu-gap-fc",
        {3, 11, 9}, 5, shards);
    expect_reference_gradients("conv1x1(40)-conv3x3(40,g5)-tanh-conv3x3(20,g5)-gap-fc", {3, 8, 9}, 5, shards);
  }
}

}  // namespace
}  // namespace doppel::nn
