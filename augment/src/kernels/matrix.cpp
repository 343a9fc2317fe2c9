#include "matrix.h"

#include <algorithm>
#include <cmath>

#include "doppel/base/simd_targets.h"
#include "vbmi.h"
#include "wide_pixels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/matrix.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR
/// One output channel of a vector of pixels from its three, as numbers times 128.
template <class D, class V>
HWY_INLINE V Mix(D d, V r, V g, V b, const std::int16_t* w, std::int16_t offset) {
  const V rg = hn::Add(hn::MulFixedPoint15(r, hn::Set(d, w[0])), hn::MulFixedPoint15(g, hn::Set(d, w[1])));
  return hn::SaturatedAdd(hn::SaturatedAdd(rg, hn::MulFixedPoint15(b, hn::Set(d, w[2]))), hn::Set(d, offset));
}
#endif

#if HWY_TARGET == HWY_AVX3
/// True where each channel is one of the channels as it was: which one.
bool is_permutation(const ByteMatrix& m, std::array<int, 3>& from) {
  for (std::size_t c = 0; c < 3; ++c) {
    if (m.offset[c] != 0) return false;
    const std::int16_t* w = m.weight.data() + 3 * c;
    const auto* one = std::find(w, w + 3, 1 << (15 - m.k));
    if (one == w + 3 || std::count(w, w + 3, 0) != 2) return false;
    from[c] = static_cast<int>(one - w);
  }
  return true;
}
#endif

void Matrix(const ByteMatrix& m, const std::uint8_t* in, int n, std::uint8_t* out) {
  const int shift = 7 - m.k, half = 1 << (shift - 1);
  std::array<std::int16_t, 3> offset{};
  for (std::size_t c = 0; c < 3; ++c)
    offset[c] = static_cast<std::int16_t>(std::clamp(m.offset[c] + half, -32768, 32767));
  [[maybe_unused]] const bool gray =
      std::equal(m.weight.begin(), m.weight.begin() + 6, m.weight.begin() + 3) && offset[0] == offset[1] &&
      offset[0] == offset[2];
  int x = 0;
#if HWY_TARGET == HWY_AVX3
  if (has_vbmi()) {
    if (std::array<int, 3> from{}; is_permutation(m, from)) return permute_channels_wide(in, n, from, out);
    x = matrix_wide(m.weight.data(), offset.data(), m.k, gray, in, n, out);
  }
#endif
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<std::int16_t> d;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (; gray && x + lanes <= n; x += lanes) {
    hn::Vec<decltype(d8)> r8, g8, b8;
    hn::LoadInterleaved3(d8, in + 3 * x, r8, g8, b8);
    const auto r = hn::ShiftLeft<7>(hn::PromoteTo(d, r8)), g = hn::ShiftLeft<7>(hn::PromoteTo(d, g8)),
               b = hn::ShiftLeft<7>(hn::PromoteTo(d, b8));
    const auto v = hn::DemoteTo(d8, hn::ShiftRightSame(Mix(d, r, g, b, m.weight.data(), offset[0]), shift));
    hn::StoreInterleaved3(v, v, v, d8, out + 3 * x);
  }
  for (; x + lanes <= n; x += lanes) {
    hn::Vec<decltype(d8)> r8, g8, b8;
    hn::LoadInterleaved3(d8, in + 3 * x, r8, g8, b8);
    const auto r = hn::ShiftLeft<7>(hn::PromoteTo(d, r8)), g = hn::ShiftLeft<7>(hn::PromoteTo(d, g8)),
               b = hn::ShiftLeft<7>(hn::PromoteTo(d, b8));
    const std::int16_t* w = m.weight.data();
    const auto ro = hn::ShiftRightSame(Mix(d, r, g, b, w, offset[0]), shift);
    const auto go = hn::ShiftRightSame(Mix(d, r, g, b, w + 3, offset[1]), shift);
    const auto bo = hn::ShiftRightSame(Mix(d, r, g, b, w + 6, offset[2]), shift);
    hn::StoreInterleaved3(hn::DemoteTo(d8, ro), hn::DemoteTo(d8, go), hn::DemoteTo(d8, bo), d8, out + 3 * x);
  }
#endif
  const auto product = [](int a, int b) { return (a * b + 16384) >> 15; };
  for (; x < n; ++x) {
    const int r = in[3 * x] << 7, g = in[3 * x + 1] << 7, b = in[3 * x + 2] << 7;
    for (std::size_t c = 0; c < 3; ++c) {
      const std::int16_t* w = m.weight.data() + 3 * c;
      const int sum = std::clamp(product(r, w[0]) + product(g, w[1]) + product(b, w[2]), -32768, 32767);
      out[3 * x + static_cast<int>(c)] =
          static_cast<std::uint8_t>(std::clamp(std::clamp(sum + offset[c], -32768, 32767) >> shift, 0, 255));
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {
HWY_EXPORT(Matrix);
}

bool make_byte_matrix(const std::array<double, 12>& matrix, ByteMatrix& out) {
  double all = 0, top = 0, offset = 0;
  for (std::size_t r = 0; r < 3; ++r) {
    const double* row = matrix.data() + 4 * r;
    all = std::max(all, std::abs(row[0]) + std::abs(row[1]) + std::abs(row[2]));
    for (std::size_t c = 0; c < 3; ++c) top = std::max(top, std::abs(row[c]));
    offset = std::max(offset, std::abs(row[3]));
  }
  out.k = 0;
  while (out.k < 4 && (std::ldexp(1, out.k) < all + 1e-6 || std::ldexp(top, 15 - out.k) > 32767)) ++out.k;
  if (out.k == 4 || offset > 2) return false;
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t c = 0; c < 3; ++c)
      out.weight[3 * r + c] =
          static_cast<std::int16_t>(std::lround(std::ldexp(matrix[4 * r + c], 15 - out.k)));
    out.offset[r] = static_cast<std::int16_t>(
        std::clamp(std::lround(std::ldexp(matrix[4 * r + 3] * 255, 7 - out.k)), -32768L, 32767L));
  }
  return true;
}

void apply_matrix(const ByteMatrix& matrix, const std::uint8_t* in, int n, std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(Matrix)(matrix, in, n, out);
}

}  // namespace doppel::augment
#endif
