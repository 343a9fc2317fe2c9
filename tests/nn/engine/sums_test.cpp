// Sums of values, and the rectifier after or before them.
#include <gtest/gtest.h>

#include <bit>
#include <stdexcept>
#include <vector>

#include "engine/kernels.h"

namespace doppel::nn::engine {
namespace {

/// Numbers of either type, read and written as floats that both hold exactly.
struct EitherType {
  EitherType(bool as_bf16, std::vector<float> values) : bf16(as_bf16), floats(std::move(values)) {
    halves.resize(floats.size());
    to_bf16(halves.data(), floats.data(), floats.size());
  }
  operator Numbers() { return {bf16 ? static_cast<void*>(halves.data()) : floats.data(), bf16}; }  // NOLINT
  std::vector<float> values() const {
    if (!bf16) return floats;
    std::vector<float> all;
    for (const std::uint16_t h : halves) all.push_back(std::bit_cast<float>(std::uint32_t{h} << 16));
    return all;
  }
  bool bf16;
  std::vector<float> floats;
  std::vector<std::uint16_t> halves;
};

TEST(Sums, AreRectifiedAndSoAreTheirGradients) {
  using List = std::vector<float>;
  for (const bool bf16 : {false, true}) {
    const List values{1,   -2, 3,   -4, 0,  6,  -7,  8, 9,
                      -10, 11, -12, 13, 14, 15, -16, 17};  // more than a register
    const std::size_t n = values.size();
    EitherType a(bf16, values), b(bf16, List(n, 2)), to(bf16, List(n));
    sum(to, a, b, 0.5, n);
    for (std::size_t i = 0; i < n; ++i) {
      const float v = values[i] + 2;
      ASSERT_EQ(to.values()[i], v > 0 ? v : v / 2) << i;
    }
    add_to(to, b, n);
    EXPECT_EQ(to.values()[1], 2);
    EXPECT_EQ(to.values()[3], 1);
    EitherType y(bf16, values), dy(bf16, List(n, 8)), sums(bf16, List(n));
    rectify_gradient(y, 0.25, dy, n);
    sum_gradients(sums, a, b, y, 0.25, n);
    rectify(y, 0.25, n);
    for (std::size_t i = 0; i < n; ++i) {
      const float slope = values[i] > 0 ? 1.F : 0.25F;
      ASSERT_EQ(dy.values()[i], 8 * slope) << i;
      ASSERT_EQ(sums.values()[i], (values[i] + 2) * slope) << i;
      ASSERT_EQ(y.values()[i], values[i] * slope) << i;
    }
  }
}

TEST(Sums, PiecesAreKeptAndUsedAgain) {
  for (const bool bf16 : {false, true}) {
    EitherType values(bf16, {1, -1, 0, 0.5, -2}), moved(bf16, {-4, -4, -4, 4, 4});
    std::uint8_t piece[5];
    positive(values, 5, piece);
    EXPECT_EQ(std::vector(piece, piece + 5), (std::vector<std::uint8_t>{1, 0, 0, 1, 0}));
    scale_by_piece(moved, piece, 0.5, 5, moved);  // in place
    EXPECT_EQ(moved.values(), (std::vector<float>{-4, -2, -2, 4, 2}));
  }
}

TEST(Sums, LoopsOfOneTypeRefuseTwo) {
  EitherType f(false, std::vector<float>(64)), h(true, std::vector<float>(64));
  unsigned char which[64] = {};
  EXPECT_THROW(add_to(f, h, 64), std::logic_error);
  EXPECT_THROW(sum(f, f, h, 1, 64), std::logic_error);
  EXPECT_THROW(sum_gradients(h, h, h, f, 0, 64), std::logic_error);
  EXPECT_THROW(rectify_gradient(h, 0, f, 64), std::logic_error);
  EXPECT_THROW(scale_by_piece(f, which, 0, 64, h), std::logic_error);
  EXPECT_NO_THROW(add_to(h, h, 64));
}

}  // namespace
}  // namespace doppel::nn::engine
