#include "kernels/scale.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "augment/kernels/twins.h"

namespace doppel::augment {
namespace {

TEST(ScaleKernel, AcrossEachPixelLiesBetweenTwo) {
  for (const int channels : {3, 4})
    for (const int width : {1, 2, 3, 8, 31, 64}) {
      const auto row = some_bytes(70 * channels);
      std::vector<int> first, second;
      std::vector<std::int16_t> shares;
      for (int x = 0; x < width; ++x) {
        first.push_back(x * channels);
        second.push_back((x + 1) * channels);
        shares.insert(shares.end(), 4, static_cast<std::int16_t>(x * 5003 % 32768));
      }
      for (const int begin : {0, 1})
        expect_twins<std::int16_t>(
            width * channels, 0,
            [&](std::int16_t* out) {
              std::vector<std::int16_t> line(static_cast<std::size_t>(width * channels + kScalePadding));
              scale_across(row.data(), {first.data(), second.data(), shares.data(), width, begin, width},
                           channels, line.data());
              std::copy_n(line.data(), width * channels, out);
              for (int i = 0; i < width * channels; ++i) {
                const double a = row[std::size_t(i)], b = row[std::size_t(i + channels)];
                ASSERT_NEAR(out[i] / 128.0, a + (b - a) * shares[std::size_t(i / channels * 4)] / 32768,
                            0.01);
              }
            },
            "across");
    }
}

TEST(ScaleKernel, DownEachNumberLiesBetweenTwoRows) {
  std::vector<std::int16_t> above, below;
  for (const std::uint8_t b : some_bytes(300)) above.push_back(static_cast<std::int16_t>(b * 128));
  below.assign(above.rbegin(), above.rend());
  for (const int n : kLengths)
    for (const std::int16_t share : {0, 5, 16384, 32767})
      expect_twins<std::uint8_t>(
          n, 0,
          [&](std::uint8_t* out) {
            scale_down(above.data() + 1, below.data(), share, n, out);
            for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
              const double a = above[i + 1] / 128.0, b = below[i] / 128.0;
              ASSERT_NEAR(out[i], a + (b - a) * share / 32768, 0.51);
            }
          },
          "down");
}

}  // namespace
}  // namespace doppel::augment
