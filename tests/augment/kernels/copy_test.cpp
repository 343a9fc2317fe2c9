#include "kernels/copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "augment/kernels/twins.h"

namespace doppel::augment {
namespace {

TEST(CopyKernel, CopiesRectanglesAndNothingBeside) {
  const auto from = some_bytes(20000);
  for (const int bytes : {1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 129, 4096, 4097})
    for (const int rows : {0, 1, 3})
      for (const bool upwards : {false, true}) {
        const int from_step = bytes + 5, to_step = bytes + 3;
        const std::uint8_t* first = from.data() + 1 + (upwards ? (rows - 1) * from_step : 0);
        std::vector<std::uint8_t> to(static_cast<std::size_t>(2 + 3 * to_step), 77), expected = to;
        copy_rows(first, upwards ? -from_step : from_step, static_cast<std::size_t>(bytes), rows,
                  to.data() + 2, to_step);
        for (int y = 0; y < rows; ++y)
          std::memcpy(expected.data() + 2 + y * to_step,
                      from.data() + 1 + (upwards ? rows - 1 - y : y) * from_step,
                      static_cast<std::size_t>(bytes));
        ASSERT_EQ(to, expected) << bytes << " bytes, " << rows << " rows";
      }
}

TEST(CopyKernel, PastCachesItIsTheSameCopy) {
  const auto from = some_bytes(400);
  for (const int n : kLengths)
    for (std::size_t shift = 0; shift < 5; ++shift) {
      std::vector<std::uint8_t> to(400, 77), expected = to;
      copy_past_caches(from.data() + 3, static_cast<std::size_t>(n), to.data() + shift);
      finish_copies_past_caches();
      std::copy_n(from.data() + 3, n, expected.data() + shift);
      ASSERT_EQ(to, expected) << n << " bytes to place " << shift;
    }
}

}  // namespace
}  // namespace doppel::augment
