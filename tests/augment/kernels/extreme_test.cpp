#include "kernels/extreme.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "augment/kernels/twins.h"

namespace doppel::augment {
namespace {

TEST(ExtremeKernel, IsTheLargestOrSmallestOfAnyNumberOfRows) {
  for (const int n : kLengths) {
    const auto bytes = some_bytes(n + 9);
    const std::array all{bytes.data() + 1, bytes.data() + 6, bytes.data() + 3, bytes.data() + 9};
    for (std::size_t count = 1; count <= all.size(); ++count)
      for (const auto which : {Extreme::Largest, Extreme::Smallest})
        expect_twins<std::uint8_t>(
            n, 0,
            [&](std::uint8_t* out) {
              extreme_of_rows(which, std::span(all).first(count), n, out);
              for (int i = 0; i < n; ++i) {
                std::vector<std::uint8_t> column;
                for (std::size_t k = 0; k < count; ++k) column.push_back(all[k][i]);
                const auto [low, high] = std::ranges::minmax(column);
                ASSERT_EQ(out[i], which == Extreme::Largest ? high : low) << i << " of " << n;
              }
            },
            "extremes");
  }
}

}  // namespace
}  // namespace doppel::augment
