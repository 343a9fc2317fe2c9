#include "kernels/wide_pixels.h"

#include <gtest/gtest.h>

#include "augment/kernels/twins.h"
#include "kernels/rows.h"
#include "kernels/vbmi.h"

namespace doppel::augment {
namespace {

TEST(WidePixels, ReversedRowsAreTheirPixelsFromTheEnd) {
  if (!has_vbmi()) GTEST_SKIP() << "this processor has no AVX-512 VBMI";
  for (const int n : kLengths)
    for (const int channels : {1, 2, 3, 4, 6, 8}) {
      const auto in = some_bytes(n * channels);
      std::vector<std::uint8_t> out(in.size() + 1, 77);
      reverse_pixels_wide(in.data(), n, channels, out.data());
      for (int i = 0; i < n * channels; ++i)
        ASSERT_EQ(out[static_cast<std::size_t>(i)],
                  in[static_cast<std::size_t>((n - 1 - i / channels) * channels + i % channels)])
            << i << " of " << n << " with " << channels << " channels";
      EXPECT_EQ(out.back(), 77);
    }
}

TEST(WidePixels, ChannelsChangePlaces) {
  if (!has_vbmi()) GTEST_SKIP() << "this processor has no AVX-512 VBMI";
  for (const int n : kLengths)
    for (const std::array<int, 3>& from : {std::array{2, 1, 0}, std::array{1, 2, 0}, std::array{1, 1, 1}}) {
      const auto in = some_bytes(3 * n);
      std::vector<std::uint8_t> out(in.size() + 1, 77), in_place = in;
      permute_channels_wide(in.data(), n, from, out.data());
      for (std::size_t i = 0; i < in.size(); ++i)
        ASSERT_EQ(out[i], in[i / 3 * 3 + static_cast<std::size_t>(from[i % 3])]) << i << " of " << n;
      EXPECT_EQ(out.back(), 77);
      out.pop_back();
      permute_channels_wide(in_place.data(), n, from, in_place.data());
      EXPECT_EQ(in_place, out);
    }
}

TEST(WidePixels, WholeSixteensAreSplitAndJoinedAsScalarsDo) {
  if (!has_vbmi()) GTEST_SKIP() << "this processor has no AVX-512 VBMI";
  const std::array<float, 4> scale{0.1F, 1.F, 2.F, 0}, offset{3, -2, 0.5F, 0};
  for (const int n : kLengths) {
    const auto in = some_bytes(3 * n);
    const auto size = static_cast<std::size_t>(n);
    std::vector<float> wide(3 * size, 77), scalar(wide);
    const std::array<float*, 4> to{wide.data(), wide.data() + n, wide.data() + 2 * n, nullptr};
    const int done = split_wide(in.data(), n, scale.data(), offset.data(), to.data());
    ASSERT_EQ(done, n / 16 * 16);
    std::vector<float> planes(3 * size);
    for (std::size_t i = 0; i < planes.size(); ++i) planes[i] = static_cast<float>(i % 97) / 80 - 0.1F;
    const std::array<float*, 3> from{planes.data(), planes.data() + n, planes.data() + 2 * n};
    std::vector<std::uint8_t> joined(3 * size, 77), stored(joined);
    ASSERT_EQ(join_wide(from.data(), n, joined.data()), done);
    const ScalarOnly only;
    bytes_to_planes(in.data(), 3, n, scale, offset,
                    {scalar.data(), scalar.data() + n, scalar.data() + 2 * n, nullptr});
    store_bytes(from, nullptr, 3, n, stored.data());
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t c = 0; c < 3; ++c) {
        const bool left = i >= static_cast<std::size_t>(done);
        ASSERT_NEAR(wide[c * size + i], left ? 77 : scalar[c * size + i], 1e-4);
        ASSERT_EQ(joined[3 * i + c], left ? 77 : stored[3 * i + c]);
      }
  }
}

}  // namespace
}  // namespace doppel::augment
