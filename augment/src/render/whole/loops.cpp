#include "loops.h"

#include <algorithm>
#include <cmath>

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "render/whole/loops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

/// What MulFixedPoint15 does, for one number.
HWY_INLINE int Product(int a, int b) { return (a * b + 16384) >> 15; }

void UnsharpBytes(const std::uint8_t* HWY_RESTRICT x, const std::uint8_t* HWY_RESTRICT g,
                  const UnsharpLevels& u, int n, std::uint8_t* HWY_RESTRICT out) {
  const int shift = 7 - u.amount_shift, half = 1 << (shift - 1);
  int i = 0;
#if HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<std::int16_t> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto low = hn::Set(du, static_cast<std::uint16_t>(u.low)),
             span = hn::Set(du, static_cast<std::uint16_t>(u.span)),
             factor = hn::Set(du, static_cast<std::uint16_t>(u.factor));
  const auto amount = hn::Set(d, static_cast<std::int16_t>(u.amount)), rounding = hn::Set(d, half);
  for (; i + lanes <= n; i += lanes) {
    const auto v = hn::PromoteTo(d, hn::LoadU(d8, x + i));
    const auto difference = hn::Sub(v, hn::PromoteTo(d, hn::LoadU(d8, g + i)));
    const auto size = hn::Abs(difference);
    const auto above = hn::Min(hn::SaturatedSub(hn::BitCast(du, hn::ShiftLeft<6>(size)), low), span);
    const auto share14 = hn::BitCast(d, hn::MulHigh(hn::ShiftLeftSame(above, u.span_shift), factor));
    const auto share = hn::SaturatedAdd(share14, share14);
    const auto part = hn::MulFixedPoint15(hn::MulFixedPoint15(hn::ShiftLeft<7>(size), share), amount);
    const auto levels = hn::ShiftRightSame(hn::Add(part, rounding), shift);
    const auto change = hn::IfThenElse(hn::Lt(difference, hn::Zero(d)), hn::Neg(levels), levels);
    hn::StoreU(hn::DemoteTo(d8, hn::Add(v, change)), d8, out + i);
  }
#endif
  for (; i < n; ++i) {
    const int difference = x[i] - g[i], size = difference < 0 ? -difference : difference;
    const int over = size * 64 - u.low, above = over < 0 ? 0 : over < u.span ? over : u.span;
    const int share14 = static_cast<int>(
        (static_cast<std::uint32_t>(above << u.span_shift) * static_cast<std::uint32_t>(u.factor)) >> 16);
    const int share = 2 * share14 < 32767 ? 2 * share14 : 32767;
    const int levels = (Product(Product(size * 128, share), u.amount) + half) >> shift;
    const int v = x[i] + (difference < 0 ? -levels : levels);
    out[i] = static_cast<std::uint8_t>(v < 0 ? 0 : v < 255 ? v : 255);
  }
}

void UnsharpFloats(const float* HWY_RESTRICT x, const float* HWY_RESTRICT g, float amount, float threshold,
                   int n, float* HWY_RESTRICT out) {
  const float low = threshold / 2, inverse = 1 / Most(threshold - low, 1e-6F);
  for (int i = 0; i < n; ++i) {
    const float d = x[i] - g[i];
    const float s = threshold > 0 ? Clamp01((Magnitude(d) - low) * inverse) : 1.F;
    out[i] = Clamp01(x[i] + amount * s * d);
  }
}

void SobelRow(const float* HWY_RESTRICT above, const float* HWY_RESTRICT row, const float* HWY_RESTRICT below,
              int width, float* HWY_RESTRICT out) {
  for (int x = 0; x < width; ++x) {
    const float dx = (above[x + 2] - above[x]) + 2 * (row[x + 2] - row[x]) + (below[x + 2] - below[x]),
                dy =
                    (below[x] - above[x]) + 2 * (below[x + 1] - above[x + 1]) + (below[x + 2] - above[x + 2]);
    out[x] = Clamp01(0.5F * __builtin_sqrtf(dx * dx + dy * dy));
  }
}

void BlendGreyRow(const float* HWY_RESTRICT grey, float share, int channels, int width,
                  float* HWY_RESTRICT colors) {
  if (channels == 1)
    for (int x = 0; x < width; ++x) colors[x] += share * (grey[x] - colors[x]);
  else
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c) colors[3 * x + c] += share * (grey[x] - colors[3 * x + c]);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {

HWY_EXPORT(UnsharpBytes);
HWY_EXPORT(UnsharpFloats);
HWY_EXPORT(SobelRow);
HWY_EXPORT(BlendGreyRow);

UnsharpLevels::UnsharpLevels(double factor_of_difference, double threshold) {
  while (amount_shift < 6 && std::abs(factor_of_difference) * 32768 > (32767 << amount_shift)) ++amount_shift;
  amount = static_cast<int>(std::lround(std::ldexp(factor_of_difference, 15 - amount_shift)));
  // Without a threshold the share is 1 from the first level on.
  low = static_cast<int>(std::lround(std::clamp(threshold, 0.0, 1.0) * 255 * 32));
  span = std::max(1, low);
  while ((span << span_shift) < 16384) ++span_shift;
  factor = std::min(65535, (1 << 30) / (span << span_shift));
}

void unsharp_row(const std::uint8_t* x, const std::uint8_t* g, const UnsharpLevels& levels, int n,
                 std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(UnsharpBytes)(x, g, levels, n, out);
}
void unsharp_row(const float* x, const float* g, float amount, float threshold, int n, float* out) {
  HWY_DYNAMIC_DISPATCH(UnsharpFloats)(x, g, amount, threshold, n, out);
}

void sobel_row(const float* above, const float* row, const float* below, int width, float* out) {
  HWY_DYNAMIC_DISPATCH(SobelRow)(above, row, below, width, out);
}
void blend_grey_row(const float* grey, float share, int channels, int width, float* colors) {
  HWY_DYNAMIC_DISPATCH(BlendGreyRow)(grey, share, channels, width, colors);
}

}  // namespace doppel::augment
#endif
