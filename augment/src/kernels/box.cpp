#include "box.h"

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/box.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

void SlideSums(const std::uint8_t* HWY_RESTRICT enters, const std::uint8_t* HWY_RESTRICT leaves, int n,
               std::uint16_t* HWY_RESTRICT sums) {
  if (leaves)
    for (int i = 0; i < n; ++i) sums[i] = static_cast<std::uint16_t>(sums[i] + enters[i] - leaves[i]);
  else
    for (int i = 0; i < n; ++i) sums[i] = static_cast<std::uint16_t>(sums[i] + enters[i]);
}

void BoxRow(const std::uint16_t* HWY_RESTRICT sums, int step, int size, unsigned factor, int shift, int n,
            std::uint8_t* HWY_RESTRICT out) {
  const auto half = static_cast<std::uint16_t>(size * size / 2);
  int i = 0;
#if HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<std::uint16_t> d;
  const hn::RebindToSigned<decltype(d)> ds;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto start = hn::Set(d, half), reciprocal = hn::Set(d, static_cast<std::uint16_t>(factor));
  const auto mean = [&](auto sum) HWY_ATTR {
    // At most 255: signed is as good.
    return hn::DemoteTo(d8, hn::BitCast(ds, hn::ShiftRightSame(hn::MulHigh(sum, reciprocal), shift)));
  };
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    auto a = start, b = start;
    for (int t = 0; t < size; ++t) {
      a = hn::Add(a, hn::LoadU(d, sums + i + t * step));
      b = hn::Add(b, hn::LoadU(d, sums + i + t * step + lanes));
    }
    hn::StoreU(mean(a), d8, out + i);
    hn::StoreU(mean(b), d8, out + i + lanes);
  }
#endif
  for (; i < n; ++i) {
    unsigned sum = half;
    for (int t = 0; t < size; ++t) sum += sums[i + t * step];
    out[i] = static_cast<std::uint8_t>(((sum * factor) >> 16) >> shift);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {
HWY_EXPORT(SlideSums);
HWY_EXPORT(BoxRow);
}  // namespace

void slide_sums(const std::uint8_t* enters, const std::uint8_t* leaves, int n, std::uint16_t* sums) {
  HWY_DYNAMIC_DISPATCH(SlideSums)(enters, leaves, n, sums);
}

void box_row(const std::uint16_t* sums, int step, int size, int n, std::uint8_t* out) {
  // The largest reciprocal of 16 bits, rounded up: exact for every sum that a box of up to 15 x 15 can have.
  const auto area = static_cast<unsigned>(size * size);
  const auto reciprocal = [&](int shift) { return ((1U << (16 + shift)) + area - 1) / area; };
  int shift = 0;
  while (reciprocal(shift + 1) <= 65535) ++shift;
  const unsigned factor = reciprocal(shift);
  HWY_DYNAMIC_DISPATCH(BoxRow)(sums, step, size, factor, shift, n, out);
}

}  // namespace doppel::augment
#endif
