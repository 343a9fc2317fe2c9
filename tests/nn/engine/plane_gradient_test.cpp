#include "engine/plane_gradient.h"

#include <gtest/gtest.h>

#include <array>

#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

// What a generator learns from a discriminator's first convolution.
TEST(PlaneGradient, IsTheSumOfProducts) {
  for (const auto& [channels, height, width, pad] : {std::array{3, 9, 8, 1}, {1, 6, 7, 0}, {2, 5, 12, 2}}) {
    const Shape in{channels, height, width};
    const auto noise = reference_noise(3 * static_cast<std::size_t>(in.count()), 1);
    EngineRun run("conv4x4(32,s2,p" + std::to_string(pad) + ")", in, {noise.begin(), noise.end()});
    const int down = (height + 2 * pad - 4) / 2 + 1, across = (width + 2 * pad - 4) / 2 + 1;
    ASSERT_EQ(run.y.size(), static_cast<std::size_t>(3 * 32 * down * across));
    const auto other = reference_noise(run.y.size(), 2);
    const std::vector<float> dy(other.begin(), other.end()), dx = run.back(dy),
                                                             &w = run.model.find("conv1", "weight")->value;
    std::vector<double> expected(dx.size());
    for (int plane = 0; plane < 3 * 32; ++plane)
      for (int y = 0; y < down; ++y)
        for (int x = 0; x < across; ++x)
          for (int i = 0; i < channels * 16; ++i) {
            const int c = i / 16, py = 2 * y - pad + i / 4 % 4, px = 2 * x - pad + i % 4;
            if (py < 0 || py >= height || px < 0 || px >= width) continue;
            const int to = ((plane / 32 * channels + c) * height + py) * width + px;
            expected[static_cast<std::size_t>(to)] +=
                static_cast<double>(w[static_cast<std::size_t>(plane % 32 * channels * 16 + i)]) *
                dy[static_cast<std::size_t>((plane * down + y) * across + x)];
          }
    EXPECT_LT(relative_error(dx, expected), 1e-5) << in.text();
  }
}

}  // namespace
}  // namespace doppel::nn
