#include "kernels/extreme.h"

#include <algorithm>

#include "kernels/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/extreme.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

template <class Lane, class Vector>
HWY_INLINE void ExtremeRow(const std::uint8_t* a, const std::uint8_t* b, int n, std::uint8_t* out,
                           const Lane& of_lanes, [[maybe_unused]] const Vector& of_vectors) {
  int i = 0;
#if HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<std::uint8_t> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (; i + lanes <= n; i += lanes)
    hn::StoreU(of_vectors(hn::LoadU(d, a + i), hn::LoadU(d, b + i)), d, out + i);
#endif
  for (; i < n; ++i) out[i] = of_lanes(a[i], b[i]);
}

void LargestRow(const std::uint8_t* a, const std::uint8_t* b, int n, std::uint8_t* out) {
  ExtremeRow(
      a, b, n, out, [](std::uint8_t p, std::uint8_t q) { return std::max(p, q); },
      [](auto p, auto q) HWY_ATTR { return hwy::HWY_NAMESPACE::Max(p, q); });
}

void SmallestRow(const std::uint8_t* a, const std::uint8_t* b, int n, std::uint8_t* out) {
  ExtremeRow(
      a, b, n, out, [](std::uint8_t p, std::uint8_t q) { return std::min(p, q); },
      [](auto p, auto q) HWY_ATTR { return hwy::HWY_NAMESPACE::Min(p, q); });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {
HWY_EXPORT(LargestRow);
HWY_EXPORT(SmallestRow);
}  // namespace

void extreme_row(Extreme which, const std::uint8_t* a, const std::uint8_t* b, int n, std::uint8_t* out) {
  if (which == Extreme::Largest)
    HWY_DYNAMIC_DISPATCH(LargestRow)(a, b, n, out);
  else
    HWY_DYNAMIC_DISPATCH(SmallestRow)(a, b, n, out);
}

}  // namespace doppel::augment
#endif
