#include "extreme.h"

#include <algorithm>

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/extreme.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

template <class Lane, class Vector>
HWY_INLINE void ExtremeOfRows(std::span<const std::uint8_t* const> rows, int n, std::uint8_t* out,
                              const Lane& of_lanes, [[maybe_unused]] const Vector& of_vectors) {
  int i = 0;
#if HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<std::uint8_t> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    auto a = hn::LoadU(d, rows[0] + i), b = hn::LoadU(d, rows[0] + i + lanes);
    for (const std::uint8_t* row : rows.subspan(1)) {
      a = of_vectors(a, hn::LoadU(d, row + i));
      b = of_vectors(b, hn::LoadU(d, row + i + lanes));
    }
    hn::StoreU(a, d, out + i);
    hn::StoreU(b, d, out + i + lanes);
  }
#endif
  for (; i < n; ++i) {
    std::uint8_t v = rows[0][i];
    for (const std::uint8_t* row : rows.subspan(1)) v = of_lanes(v, row[i]);
    out[i] = v;
  }
}

void LargestOfRows(std::span<const std::uint8_t* const> rows, int n, std::uint8_t* out) {
  ExtremeOfRows(
      rows, n, out, [](std::uint8_t p, std::uint8_t q) { return std::max(p, q); },
      [](auto p, auto q) HWY_ATTR { return hwy::HWY_NAMESPACE::Max(p, q); });
}

void SmallestOfRows(std::span<const std::uint8_t* const> rows, int n, std::uint8_t* out) {
  ExtremeOfRows(
      rows, n, out, [](std::uint8_t p, std::uint8_t q) { return std::min(p, q); },
      [](auto p, auto q) HWY_ATTR { return hwy::HWY_NAMESPACE::Min(p, q); });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {
HWY_EXPORT(LargestOfRows);
HWY_EXPORT(SmallestOfRows);
}  // namespace

void extreme_of_rows(Extreme which, std::span<const std::uint8_t* const> rows, int n, std::uint8_t* out) {
  if (which == Extreme::Largest)
    HWY_DYNAMIC_DISPATCH(LargestOfRows)(rows, n, out);
  else
    HWY_DYNAMIC_DISPATCH(SmallestOfRows)(rows, n, out);
}

}  // namespace doppel::augment
#endif
