#include "kernels/rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <numeric>

#include "augment/kernels/twins.h"
#include "kernels/copy.h"

namespace doppel::augment {
namespace {

TEST(RowsKernel, LoadsAndStoresAreTheSameOnAnyMachine) {
  for (const int n : kLengths)
    for (const int channels : {1, 3, 4})
      for (std::size_t start = 0; start < 3; ++start) {
        const auto bytes = some_bytes(n * channels + 3);
        const std::uint8_t* in = bytes.data() + start;
        const int planes = std::min(channels, 3);
        const std::string what = "rows of " + std::to_string(channels);
        expect_twins<float>(
            planes * n, 0,
            [&](float* out) {
              load_bytes(in, channels, n,
                         {out, planes > 1 ? out + n : nullptr, planes > 1 ? out + 2 * n : nullptr});
            },
            what);
        std::vector<float> plane(static_cast<std::size_t>(3 * n));
        for (std::size_t i = 0; i < plane.size(); ++i) plane[i] = static_cast<float>(i % 97) / 80 - 0.1F;
        expect_twins<std::uint8_t>(
            channels * n, 0,
            [&](std::uint8_t* out) {
              store_bytes({plane.data(), plane.data() + n, plane.data() + 2 * n}, in, channels, n, out);
            },
            what);
        expect_twins<std::uint8_t>(
            n, 0, [&](std::uint8_t* out) { store_plane_bytes(plane.data(), n, out); }, what);
        expect_twins<float>(
            channels * n, 1e-6,
            [&](float* out) {
              std::array<float*, 4> outs{};
              for (int c = 0; c < channels; ++c) outs[static_cast<std::size_t>(c)] = out + c * n;
              bytes_to_planes(in, channels, n, {0.1F, 0.2F, 0.3F, 1}, {1, 2, 3, 4}, outs);
            },
            what);
        const auto wide = sums_of_bytes(in, channels, n);
        const double sum = sum_of(plane.data(), n);
        const ScalarOnly only;
        EXPECT_EQ(wide, sums_of_bytes(in, channels, n));
        EXPECT_NEAR(sum, sum_of(plane.data(), n), 1e-5 * n);
      }
}

TEST(RowsKernel, EveryLevelComesBackAndWhatLiesBeyondIsClamped) {
  for (const int channels : {1, 3, 4}) {
    std::vector<std::uint8_t> in(static_cast<std::size_t>(256 * channels)), out(in.size());
    for (std::size_t i = 0; i < in.size(); ++i)
      in[i] = static_cast<std::uint8_t>(i / static_cast<std::size_t>(channels) + i % 4 * 31);
    std::array<std::vector<float>, 3> planes;
    for (auto& plane : planes) plane.resize(256);
    const std::array pointers{planes[0].data(), planes[1].data(), planes[2].data()};
    load_bytes(in.data(), channels, 256, pointers);
    EXPECT_NEAR(planes[0][200], in[static_cast<std::size_t>(200 * channels)] / 255.0, 1e-7);
    store_bytes(pointers, in.data() + 3, channels, 256, out.data());
    EXPECT_EQ(out, in) << channels;
  }
  const std::array beyond{-3.F, -1e-6F, 0.4999F / 255, 0.5001F / 255, 254.4999F / 255, 1.F, 1.3F, 1e30F};
  std::array<std::uint8_t, 8> out{};
  store_plane_bytes(beyond.data(), 8, out.data());
  EXPECT_EQ(out, (std::array<std::uint8_t, 8>{0, 0, 0, 1, 254, 255, 255, 255}));
}

TEST(RowsKernel, PlanesAreScaledInAnyStepAndPastTheCaches) {
  const auto v = some_floats(100);
  std::vector<float> dense(101, 77), sparse(300, 77), past(dense);
  store_plane_floats(v.data(), 100, 2, -0.5F, dense.data(), 1);
  store_plane_floats(v.data(), 100, 2, -0.5F, sparse.data(), 3);
  store_plane_past_caches(v.data(), 100, 2, -0.5F, past.data());
  finish_copies_past_caches();
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_NEAR(dense[i], 2 * v[i] - 0.5F, 1e-6);
    EXPECT_EQ(sparse[3 * i], dense[i]);
    EXPECT_EQ(sparse[3 * i + 1], 77);
  }
  EXPECT_EQ(past, dense);
  EXPECT_EQ(dense[100], 77);
  // RGBA floats: colours as they are, alpha left out.
  std::array<float, 25> r{}, g{}, b{};
  load_floats(v.data(), 4, 25, {r.data(), g.data(), b.data()});
  EXPECT_EQ(r[7], v[28]);
  EXPECT_EQ(b[24], v[98]);
}

TEST(RowsKernel, Bfloat16IsRoundedToEven) {
  // 8 bits of mantissa: steps of 1/128 above 1, and a tie between two of them goes to the even one.
  const std::array v{1.F, 1 + 1 / 256.F, 1 + 3 / 256.F, 1 + 1.01F / 256, -2.F, 0.F};
  const std::array wanted{1.F, 1.F, 1 + 2 / 128.F, 1 + 1 / 128.F, -2.F, 0.F};
  std::array<std::uint16_t, 12> out{};
  store_plane_bf16(v.data(), 6, 1, 0, out.data(), 2);
  for (std::size_t i = 0; i < v.size(); ++i)
    EXPECT_EQ(std::bit_cast<float>(static_cast<std::uint32_t>(out[2 * i]) << 16), wanted[i]) << i;
}

TEST(RowsKernel, SumsAreExactOfWholeNumbers) {
  for (const int n : {0, 1, 15, 64, 100, 1000}) {
    std::vector<float> v(static_cast<std::size_t>(n));
    std::iota(v.begin(), v.end(), 1.F);
    EXPECT_EQ(sum_of(v.data(), n), n * (n + 1) / 2);
  }
  const std::vector<std::uint8_t> white(3 * 100000, 255);  // sums of 16 bits would overflow
  EXPECT_EQ(sums_of_bytes(white.data(), 3, 100000),
            (std::array<std::uint64_t, 4>{25500000, 25500000, 25500000, 0}));
}

}  // namespace
}  // namespace doppel::augment
