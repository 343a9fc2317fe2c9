// Where a block of pixels is read: places folded by the border rule, in whole pixels and shares; included
// once per target.
#include <bit>
#include <cstdint>
#include <cstring>

#include "warp.h"

#if defined(DOPPEL_PLACES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DOPPEL_PLACES_INL_H_
#undef DOPPEL_PLACES_INL_H_
#else
#define DOPPEL_PLACES_INL_H_
#endif

#include <hwy/highway.h>

#include "math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

constexpr float kFar = 1e7F;  ///< places beyond are at the border all the same

HWY_INLINE float Limit(float v, float low, float high) {  // NaN gives high
  v = v < high ? v : high;
  return v > low ? v : low;
}

/// Sample positions along one axis, in pixel centres: folded by the border rule where that is exact.
HWY_INLINE void Fold(const float* HWY_RESTRICT u, int n, int size, Fill::Kind border,
                     float* HWY_RESTRICT out) {
  const float last = static_cast<float>(size - 1);
  if (border == Fill::Kind::Symmetric) {
    const float period = 2 * static_cast<float>(size), inverse = 1 / period;
    for (int i = 0; i < n; ++i) {
      const float p = Limit(u[i], -kFar, kFar);
      const float q = p - period * Floor(p * inverse + 0.5F);  // in [-size, size]
      // Within half a pixel of an edge that pixel is its own neighbour.
      out[i] = Limit((q < 0 ? -q : q) - 0.5F, 0, last);
    }
  } else if (border == Fill::Kind::Replicate || (border == Fill::Kind::Reflect && size == 1)) {
    for (int i = 0; i < n; ++i) out[i] = Limit(u[i] - 0.5F, 0, last);
  } else if (border == Fill::Kind::Reflect) {
    const float period = 2 * last, inverse = 1 / period;
    for (int i = 0; i < n; ++i) {
      const float p = Limit(u[i] - 0.5F, -kFar, kFar);
      float q = p - period * Floor(p * inverse + 0.5F);  // in [-last, last]
      q = q < 0 ? -q : q;
      out[i] = q < last ? q : last;
    }
  } else {
    for (int i = 0; i < n; ++i) out[i] = Limit(u[i] - 0.5F, -kFar, kFar);
  }
}

/// Splits positions into a whole pixel and a share of the way to the next; the last pixel is reached with
/// share 1.
HWY_INLINE void Split(const float* HWY_RESTRICT p, int n, int size, std::int32_t* HWY_RESTRICT whole,
                      float* HWY_RESTRICT share) {
  const float most = static_cast<float>(size - 2);
  for (int i = 0; i < n; ++i) {
    float f = Floor(p[i]);
    // Only exactly the last pixel, which folding ends at: beyond it the border decides.
    f = p[i] == most + 1 ? most : f;
    whole[i] = static_cast<std::int32_t>(f);
    share[i] = p[i] - f;
  }
}

struct Places {
  HWY_ALIGN std::int32_t x[kWarpBlock], y[kWarpBlock];
  HWY_ALIGN float fx[kWarpBlock], fy[kWarpBlock];
  std::uint64_t inside, beyond;  ///< a bit per place: all that is read is inside, or nothing is
  bool all_inside;
};
static_assert(kWarpBlock == 64);

/// Bit i says whether flags[i] isn't 0.
HWY_INLINE std::uint64_t Bits(const std::int32_t* HWY_RESTRICT flags, int n) {
  std::uint64_t bits = 0;
  int i = 0;
#if HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<std::int32_t> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (; i + lanes <= n; i += lanes) {
    std::uint8_t part[8] = {};
    hn::StoreMaskBits(d, hn::Ne(hn::LoadU(d, flags + i), hn::Zero(d)), part);
    std::uint64_t these;
    std::memcpy(&these, part, sizeof these);
    bits |= these << i;
  }
#endif
  for (; i < n; ++i) bits |= std::uint64_t{flags[i] != 0} << i;
  return bits;
}

/// How many bits in a row are set from `first` on.
HWY_INLINE int RunOf(std::uint64_t bits, int first) { return std::countr_one(bits >> first); }

/// All of a block's places. The fast way reads `before` pixels to the left and above, `after` to the right
/// and below, and `beyond` more to the right, which the last row doesn't have.
HWY_INLINE void Locate(const float* u, const float* v, int n, int width, int height, Fill::Kind border,
                       int before, int after, int beyond, Places& at) {
  HWY_ALIGN float p[kWarpBlock];
  Fold(u, n, width, border, p);
  Split(p, n, width, at.x, at.fx);
  Fold(v, n, height, border, p);
  Split(p, n, height, at.y, at.fy);
  std::int32_t outside = 0;
  HWY_ALIGN std::int32_t in[kWarpBlock];
  for (int i = 0; i < n; ++i) {
    const std::int32_t ok =
        static_cast<std::int32_t>(at.x[i] >= before) & static_cast<std::int32_t>(at.x[i] < width - after) &
        static_cast<std::int32_t>(at.y[i] >= before) & static_cast<std::int32_t>(at.y[i] < height - after) &
        (static_cast<std::int32_t>(at.x[i] < width - after - beyond) |
         static_cast<std::int32_t>(at.y[i] < height - after - 1));
    in[i] = ok;
    outside |= ok ^ 1;
  }
  at.all_inside = outside == 0;
  if (at.all_inside) return;
  at.inside = Bits(in, n);
  at.beyond = 0;
  if (border != Fill::Kind::Color) return;
  for (int i = 0; i < n; ++i)
    in[i] = static_cast<std::int32_t>(at.x[i] < -1) | static_cast<std::int32_t>(at.y[i] < -1) |
            static_cast<std::int32_t>(at.x[i] >= width) | static_cast<std::int32_t>(at.y[i] >= height);
  at.beyond = Bits(in, n);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();
#endif
