#include "kernels/median.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "augment/kernels/twins.h"

namespace doppel::augment {
namespace {

TEST(MedianKernel, MediansAreThoseOfSorting) {
  constexpr std::ptrdiff_t kStep = 1100;
  // Few levels, so that many are equal, and all of them.
  for (const int levels : {3, 256})
    for (const int size : {3, 5})
      for (const int channels : {1, 3, 4})
        for (const int n : kLengths) {
          auto around = some_bytes(static_cast<int>(kStep) * size);
          for (auto& v : around) v = static_cast<std::uint8_t>(v % levels);
          std::vector<std::uint8_t> scratch(static_cast<std::size_t>(size * (n + (size - 1) * channels)));
          expect_twins<std::uint8_t>(
              n, 0,
              [&](std::uint8_t* out) {
                median_row(around.data() + 1, kStep, size, channels, n, scratch.data(), out);
                for (int i = 0; i < n; ++i) {
                  std::vector<std::uint8_t> all;
                  for (int y = 0; y < size; ++y)
                    for (int x = 0; x < size; ++x)
                      all.push_back(around[static_cast<std::size_t>(1 + y * kStep + i + x * channels)]);
                  std::ranges::sort(all);
                  ASSERT_EQ(out[i], all[all.size() / 2]) << i << " of " << n;
                }
              },
              "medians");
        }
}

}  // namespace
}  // namespace doppel::augment
