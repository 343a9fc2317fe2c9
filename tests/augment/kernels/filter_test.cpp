#include "kernels/filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "augment/kernels/twins.h"

namespace doppel::augment {
namespace {

TEST(FilterKernel, TwoRowsAreFilteredAsScalarsDoAndAsEachAlone) {
  // 3x2 weights, rows 700 apart: the lower row reads the upper one's second row, too.
  constexpr std::ptrdiff_t kStep = 700;
  const auto canvas = some_bytes(4096);
  const std::vector<FilterTap> taps{{0, 3000},      {3, -1500},         {6, 9000},
                                    {kStep, -4000}, {kStep + 3, 20000}, {kStep + 6, 1234}};
  const std::vector<FilterTap> upper(taps.begin(), taps.begin() + 3);
  std::vector<FilterTap> lower;
  std::vector<PairTap> both;
  int sum = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    both.push_back({taps[i + 3].place, taps[i + 3].weight, taps[i].weight});
    lower.push_back({taps[i + 3].place + kStep, taps[i + 3].weight});
    sum += taps[i].weight + taps[i + 3].weight;
  }
  constexpr int kFraction = 6;
  const RowPair pair{upper, lower, both, kFraction, filter_start(sum, 6, kFraction)};
  for (const int n : kLengths)
    expect_twins<std::uint8_t>(
        2 * n, 0,
        [&](std::uint8_t* out) {
          filter_two_rows(canvas.data() + 1, pair, n, out, out + n);
          for (int i = 0; i < 2 * n; ++i) {
            const std::ptrdiff_t from = 1 + i % n + i / n * kStep;
            double exact = 0;
            for (const FilterTap& tap : taps)
              exact +=
                  std::ldexp(tap.weight, -8 - kFraction) * canvas[static_cast<std::size_t>(from + tap.place)];
            ASSERT_NEAR(out[i], std::clamp(exact, 0.0, 255.0), 0.55) << i << " of " << n;
          }
        },
        "two rows");
}

TEST(FilterKernel, SymmetricPassesSumAsScalarsDo) {
  const std::vector<std::int16_t> weights{12000, 6000, 3000, 1384};
  const auto bytes = some_bytes(1024);
  for (const int n : kLengths) {
    expect_twins<std::int16_t>(
        n, 0,
        [&](std::int16_t* out) {
          symmetric_across(bytes.data() + 40, 3, weights, n, out);
          for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
            double exact = weights[0] / 32768.0 * bytes[40 + i];
            for (std::size_t j = 1; j < 4; ++j)
              exact += weights[j] / 32768.0 * (bytes[40 + i - 3 * j] + bytes[40 + i + 3 * j]);
            ASSERT_NEAR(std::ldexp(out[i], -kBetween), exact, 0.04);
          }
        },
        "across");
    std::vector<std::int16_t> levels;
    for (const std::uint8_t b : bytes) levels.push_back(static_cast<std::int16_t>(b << kBetween));
    std::vector<const std::int16_t*> rows;
    for (int i = 0; i < 7; ++i) rows.push_back(levels.data() + 41 * i);
    expect_twins<std::uint8_t>(
        n, 0,
        [&](std::uint8_t* out) {
          symmetric_down(rows.data(), weights, n, out);
          for (int i = 0; i < n; ++i) {
            double exact = 0;
            for (std::size_t r = 0; r < 7; ++r)
              exact += weights[r < 3 ? 3 - r : r - 3] / 32768.0 * bytes[41 * r + static_cast<std::size_t>(i)];
            ASSERT_NEAR(out[i], exact, 0.6);
          }
        },
        "down");
  }
}

}  // namespace
}  // namespace doppel::augment
