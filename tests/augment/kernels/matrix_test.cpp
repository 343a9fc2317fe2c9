#include "kernels/matrix.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "augment/kernels/twins.h"

namespace doppel::augment {
namespace {

TEST(MatrixKernel, MixesWithinHalfALevelAndASixteenthOnAnyMachine) {
  const std::array<double, 12> sepia{0.393, 0.769, 0.189, 0.05,  0.349, 0.686,
                                     0.168, -0.02, 0.272, 0.534, 0.131, 0};
  const std::array<double, 12> wild{1.7, -0.9, 0.2, 0, -0.5, 2.1, -0.6, 0.1, 0, 0, -1, 1};
  const std::array<double, 12> gray{0.299, 0.587, 0.114, 0, 0.299, 0.587, 0.114, 0, 0.299, 0.587, 0.114, 0};
  const std::array<double, 12> turned{0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0};
  for (const auto& numbers : {sepia, wild, gray, turned}) {
    ByteMatrix matrix;
    ASSERT_TRUE(make_byte_matrix(numbers, matrix));
    for (const int n : kLengths) {
      const auto in = some_bytes(3 * n);
      expect_twins<std::uint8_t>(
          3 * n, 0,
          [&](std::uint8_t* out) {
            apply_matrix(matrix, in.data(), n, out);
            for (int i = 0; i < 3 * n; ++i) {
              const auto* row = numbers.data() + 4 * (i % 3);
              const auto* p = in.data() + i / 3 * 3;
              const double exact = row[0] * p[0] + row[1] * p[1] + row[2] * p[2] + row[3] * 255;
              ASSERT_NEAR(out[i], std::clamp(exact, 0.0, 255.0), 0.5 + 1 / 16.0);
            }
            auto in_place = in;
            apply_matrix(matrix, in_place.data(), n, in_place.data());
            ASSERT_TRUE(std::equal(in_place.begin(), in_place.end(), out));
          },
          "matrix");
    }
  }
}

TEST(MatrixKernel, LargeWeightsAreRefused) {
  ByteMatrix none;
  EXPECT_FALSE(make_byte_matrix({99, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}, none));
  EXPECT_TRUE(make_byte_matrix({3, -3, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0}, none));
}

}  // namespace
}  // namespace doppel::augment
