#include "engine/channel_loops.h"

#include <gtest/gtest.h>

#include <vector>

#include "engine/norm_loops.h"

namespace doppel::nn::engine {
namespace {

TEST(ChannelLoops, DotsAndBlendsAreByHandInAnyBlocks) {
  for (const int block : {1, 8, 16}) {
    const ChannelLayout layout{2, 2, 5, block};
    const auto channels = static_cast<std::size_t>(2 * block), numbers = 2 * channels * 5;
    std::vector<float> x(numbers), dy(numbers), dx(numbers), sums(2 * channels), a(channels), b(channels),
        e(channels);
    for (std::size_t i = 0; i < numbers; ++i) {
      x[i] = static_cast<float>(i % 7);
      dy[i] = static_cast<float>(i % 5) - 2;
    }
    for (std::size_t c = 0; c < channels; ++c) {
      a[c] = static_cast<float>(c);
      b[c] = 2;
      e[c] = -1;
    }
    channel_dots(layout, {x.data(), false}, {dy.data(), false}, sums.data());
    blend_channels(layout, {x.data(), false}, {dy.data(), false}, {}, a.data(), b.data(), e.data(),
                   {dx.data(), false});
    const auto wide = static_cast<std::size_t>(block);
    for (std::size_t plane = 0; plane < 4; ++plane)
      for (std::size_t c = 0; c < wide; ++c) {
        float sum = 0;
        for (std::size_t p = 0; p < 5; ++p) {
          const std::size_t i = (plane * 5 + p) * wide + c;
          sum += x[i] * dy[i];
          EXPECT_EQ(dx[i], static_cast<float>(plane % 2 * wide + c) * dy[i] + 2 * x[i] - 1) << block;
        }
        EXPECT_EQ(sums[plane * wide + c], sum) << block;
      }
  }
}

}  // namespace
}  // namespace doppel::nn::engine
