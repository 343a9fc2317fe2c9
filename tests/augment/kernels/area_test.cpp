#include "kernels/area.h"

#include <gtest/gtest.h>

#include "augment/kernels/twins.h"

namespace doppel::augment {
namespace {

TEST(AreaKernel, IsTheSameOnAnyMachine) {
  for (const int channels : {1, 2, 3, 4})
    for (const int taps : {2, 3, 4, 5})
      for (const int width : {1, 2, 3, 17, 40}) {
        const auto row = some_floats(64 * channels + kAreaPadding);
        std::vector<int> places;
        std::vector<float> weights;
        for (int i = 0; i < width * taps; ++i) {
          places.push_back((i * 7 % 64) * channels);
          weights.push_back(static_cast<float>(1 + i % 3) / static_cast<float>(3 * taps));
        }
        expect_twins<float>(
            width * channels, 0,
            [&](float* out) {
              read_pixels(row.data(), places.data(), weights.data(), taps, channels, width, out);
            },
            "areas of floats");
        expect_twins<std::uint8_t>(
            width * channels, 0,
            [&](std::uint8_t* out) {
              auto levels = row;
              for (float& v : levels) v *= 255;
              read_pixels(levels.data(), places.data(), weights.data(), taps, channels, width, out);
            },
            "areas of bytes");
        expect_twins<std::uint16_t>(
            width * channels, 0,
            [&](std::uint16_t* out) {
              auto levels = row;
              for (float& v : levels) v *= 65535;
              read_pixels(levels.data(), places.data(), weights.data(), taps, channels, width, out);
            },
            "areas of 16 bits");
      }
  const auto a = some_bytes(300), b = some_bytes(301);
  const auto fa = some_floats(300);
  const std::array<float, 5> weights{0.1F, 0.2F, 0.3F, 0.25F, 0.15F};
  const std::array<const void*, 5> rows{a.data(), b.data(), a.data() + 1, b.data() + 3, a.data() + 7};
  const std::array<const void*, 5> float_rows{fa.data(), fa.data() + 1, fa.data() + 2, fa.data() + 3,
                                              fa.data() + 5};
  for (const int n : kLengths)
    for (const int count : {1, 2, 3, 4, 5}) {
      expect_twins<float>(
          n, 0, [&](float* out) { sum_byte_rows(rows.data(), weights.data(), count, n, out); },
          "rows of bytes");
      expect_twins<float>(
          n, 0, [&](float* out) { sum_float_rows(float_rows.data(), weights.data(), count, n, out); },
          "rows of floats");
    }
}

TEST(AreaKernel, RowsAndPixelsAreWeighted) {
  const std::array<std::uint8_t, 3> above{0, 100, 255}, below{40, 20, 255};
  const std::array<const void*, 2> rows{above.data(), below.data()};
  std::array<float, 3> sums{};
  sum_byte_rows(rows.data(), std::array{0.25F, 0.75F}.data(), 2, 3, sums.data());
  EXPECT_EQ(sums, (std::array{30.F, 40.F, 255.F}));
  // Two pixels of RGB and padding; each output pixel mixes them.
  const std::array<float, 6 + kAreaPadding> row{10, 30, 200, 20, 10, 201};
  const std::array places{0, 3, 3, 0};
  const std::array weights{0.66F, 0.34F, 0.66F, 0.34F};
  std::array<std::uint8_t, 6> bytes{};
  read_pixels(row.data(), places.data(), weights.data(), 2, 3, 2, bytes.data());
  EXPECT_EQ(bytes,
            (std::array<std::uint8_t, 6>{13, 23, 200, 17, 17, 201}));  // 13.4 23.2 200.3 16.6 16.8 200.7
}

}  // namespace
}  // namespace doppel::augment
