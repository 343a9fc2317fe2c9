#include "kernels/wide_tables.h"

#include <gtest/gtest.h>

#include "augment/kernels/twins.h"
#include "kernels/vbmi.h"

namespace doppel::augment {
namespace {

TEST(WideTables, EachByteGoesThroughItsChannelsTable) {
  if (!has_vbmi()) GTEST_SKIP() << "this processor has no AVX-512 VBMI";
  std::uint8_t tables[4][256];
  for (int c = 0; c < 4; ++c)
    for (int v = 0; v < 256; ++v) tables[c][v] = static_cast<std::uint8_t>(v * (2 * c + 3) + 50 * c + v / 7);
  for (int channels = 1; channels <= 4; ++channels)
    for (const int n : kLengths) {
      const auto in = some_bytes(n);
      std::vector<std::uint8_t> out(in.size() + 1, 77), in_place = in;
      look_up_wide(tables, channels, in.data(), n, out.data());
      for (int i = 0; i < n; ++i)
        ASSERT_EQ(out[static_cast<std::size_t>(i)], tables[i % channels][in[static_cast<std::size_t>(i)]])
            << i << " of " << n << " with " << channels << " channels";
      EXPECT_EQ(out.back(), 77);
      out.pop_back();
      look_up_wide(tables, channels, in_place.data(), n, in_place.data());
      EXPECT_EQ(in_place, out);
    }
}

}  // namespace
}  // namespace doppel::augment
