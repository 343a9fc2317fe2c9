#include "kernels/warp.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "kernels/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/warp.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/math-inl.h"

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
  if (border == Fill::Kind::Replicate || (border == Fill::Kind::Reflect && size == 1)) {
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

template <class T>
HWY_INLINE const T* Tap(const WarpSource<T>& s, int x, int y) {
  const int sx = border_index(x, s.width, s.border), sy = border_index(y, s.height, s.border);
  return sx < 0 || sy < 0 ? s.color.data()
                          : s.pixels + sy * s.stride + static_cast<std::ptrdiff_t>(sx) * s.channels;
}

template <class T>
HWY_INLINE T Round(float v) {
  if constexpr (sizeof(T) == 1) {
    v = v > 0 ? v : 0;
    return static_cast<T>((v < 255 ? v : 255.F) + 0.5F);
  } else {
    return v;
  }
}

template <class T, int C>
HWY_INLINE void Blend(const T* a, const T* b, const T* c, const T* d, float fx, float fy, T* out) {
  for (int k = 0; k < C; ++k) {
    const float top = static_cast<float>(a[k]) + fx * (static_cast<float>(b[k]) - static_cast<float>(a[k]));
    const float low = static_cast<float>(c[k]) + fx * (static_cast<float>(d[k]) - static_cast<float>(c[k]));
    out[k] = Round<T>(top + fy * (low - top));
  }
}

/// A place where the border shows. `u`, `v` unfolded.
template <class T, int C>
HWY_NOINLINE void EdgePixel(const WarpSource<T>& s, float u, float v, T* out) {
  const float px = Limit(u - 0.5F, -kFar, kFar), py = Limit(v - 0.5F, -kFar, kFar);
  const float x0 = Floor(px), y0 = Floor(py);
  const int x = static_cast<int>(x0), y = static_cast<int>(y0);
  Blend<T, C>(Tap(s, x, y), Tap(s, x + 1, y), Tap(s, x, y + 1), Tap(s, x + 1, y + 1), px - x0, py - y0, out);
}

#if HWY_TARGET != HWY_SCALAR
namespace hn = hwy::HWY_NAMESPACE;

/// Places of a block in whole pixels and 15 bits.
struct FixedPlaces {
  HWY_ALIGN std::int32_t offset[kWarpBlock + 2];
  HWY_ALIGN std::int16_t fx[kWarpBlock + 2], fy[kWarpBlock + 2];
};

template <int C>
HWY_INLINE void FixPlaces(const Places& at, int n, std::int32_t stride, FixedPlaces& fixed) {
  for (int i = 0; i < n; ++i) {
    const float x = at.fx[i] * 32768.F + 0.5F, y = at.fy[i] * 32768.F + 0.5F;
    fixed.fx[i] = static_cast<std::int16_t>(static_cast<std::int32_t>(x < 32767.F ? x : 32767.F));
    fixed.fy[i] = static_cast<std::int16_t>(static_cast<std::int32_t>(y < 32767.F ? y : 32767.F));
    fixed.offset[i] = at.y[i] * stride + at.x[i] * C;
  }
}

struct Extent {
  float low, high;
};
/// By vectors, since compilers mayn't reorder minima of floats.
HWY_INLINE Extent Range(const float* HWY_RESTRICT p, int n) {
  const hn::ScalableTag<float> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  auto low = hn::Set(d, p[0]), high = low;
  int i = 0;
  for (; i + lanes <= n; i += lanes) {
    const auto v = hn::LoadU(d, p + i);
    low = hn::Min(low, v);
    high = hn::Max(high, v);
  }
  Extent range{hn::GetLane(hn::MinOfLanes(d, low)), hn::GetLane(hn::MaxOfLanes(d, high))};
  for (; i < n; ++i) {
    range.low = Least(range.low, p[i]);
    range.high = Most(range.high, p[i]);
  }
  return range;
}

/// The same straight from places when all of them, and all that is read, lie inside; false where they don't.
template <int C>
HWY_INLINE bool FixInside(const float* HWY_RESTRICT u, const float* HWY_RESTRICT v, int n, int width,
                          int height, std::int32_t stride, FixedPlaces& fixed) {
  const auto [low_u, high_u] = Range(u, n);
  const auto [low_v, high_v] = Range(v, n);
  // A pixel more than needed at the far edges: fixed point rounds, and bytes are read eight at a time.
  const bool inside = low_u >= 0.5F && low_v >= 0.5F && high_u < static_cast<float>(width) - 2.5F &&
                      high_v < static_cast<float>(height) - 1.5F;
  if (!inside || width > 32767 || height > 32767) return false;
  for (int i = 0; i < n; ++i) {
    const auto x = static_cast<std::int32_t>((u[i] - 0.5F) * 32768.F),
               y = static_cast<std::int32_t>((v[i] - 0.5F) * 32768.F);
    fixed.fx[i] = static_cast<std::int16_t>(x & 0x7fff);
    fixed.fy[i] = static_cast<std::int16_t>(y & 0x7fff);
    fixed.offset[i] = (y >> 15) * stride + (x >> 15) * C;
  }
  return true;
}

/// Bytes of 3 or 4 channels: eight bytes hold a pixel and its right neighbour. Both lerps keep 15 bits.
template <int C>
HWY_INLINE void ReadFixed(const std::uint8_t* pixels, std::ptrdiff_t stride, const FixedPlaces& at, int n,
                          std::uint8_t* out) {
  const hn::FixedTag<std::int16_t, 8> d;
  const hn::FixedTag<std::uint8_t, 8> d8;
  int i = 0;
#if HWY_TARGET == HWY_AVX3
  // A pixel in each 128 bits, from 8 bytes of a row; Highway's partial vectors would clear what's above them.
  const auto four = [](const std::uint8_t* a, const std::uint8_t* b, const std::uint8_t* c,
                       const std::uint8_t* e) HWY_ATTR {
    const auto two = [](const std::uint8_t* p, const std::uint8_t* q) HWY_ATTR {
      return _mm_castpd_si128(
          _mm_loadh_pd(_mm_load_sd(reinterpret_cast<const double*>(p)), reinterpret_cast<const double*>(q)));
    };
    return _mm512_cvtepu8_epi16(_mm256_inserti128_si256(_mm256_castsi128_si256(two(a, b)), two(c, e), 1));
  };
  const __m512i spread4 = _mm512_set_epi64(0x0003000300030003, 0x0003000300030003, 0x0002000200020002,
                                           0x0002000200020002, 0x0001000100010001, 0x0001000100010001, 0, 0);
  const auto weights4 = [&](const std::int16_t* w) HWY_ATTR {
    return _mm512_permutexvar_epi16(
        spread4, _mm512_castsi128_si512(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(w))));
  };
  // Of 8 bytes a pixel, C are kept: two pixels side by side in each 128 bits.
  const __m256i together = C == 4 ? _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 2, 3, 8, 9, 10, 11, -1,
                                                                              -1, -1, -1, -1, -1, -1, -1))
                                  : _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 2, 8, 9, 10, -1, -1, -1,
                                                                              -1, -1, -1, -1, -1, -1, -1));
  for (; i + 4 <= n; i += 4) {
    const std::uint8_t *a = pixels + at.offset[i], *b = pixels + at.offset[i + 1],
                       *c = pixels + at.offset[i + 2], *e = pixels + at.offset[i + 3];
    const __m512i top = four(a, b, c, e), low = four(a + stride, b + stride, c + stride, e + stride);
    const __m512i left = _mm512_add_epi16(
        _mm512_slli_epi16(top, 7),
        _mm512_mulhrs_epi16(_mm512_slli_epi16(_mm512_sub_epi16(low, top), 7), weights4(at.fy + i)));
    const __m512i right = _mm512_bsrli_epi128(left, 2 * C);
    const __m512i v = _mm512_srai_epi16(
        _mm512_add_epi16(_mm512_add_epi16(left, _mm512_set1_epi16(64)),
                         _mm512_mulhrs_epi16(_mm512_sub_epi16(right, left), weights4(at.fx + i))),
        7);
    const __m256i bytes = _mm256_shuffle_epi8(_mm512_cvtepi16_epi8(v), together);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + i * C), _mm256_castsi256_si128(bytes));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + (i + 2) * C), _mm256_extracti128_si256(bytes, 1));
  }
#endif
#if HWY_TARGET <= HWY_AVX2
  // Two pixels side by side, one in each half.
  const hn::FixedTag<std::int16_t, 16> d2;
  const hn::FixedTag<std::uint8_t, 32> d82;
  const hn::FixedTag<std::uint32_t, 8> d32;
  const auto half2 = hn::Set(d2, 64);
  HWY_ALIGN static constexpr std::uint8_t kSpread[32] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1,
                                                         2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3};
  HWY_ALIGN static constexpr std::uint8_t kNarrow[32] = {0,  2,  4,  6,  8,  10, 12, 14, 0,  2, 4,
                                                         6,  8,  10, 12, 14, 0,  2,  4,  6,  8, 10,
                                                         12, 14, 0,  2,  4,  6,  8,  10, 12, 14};
  const auto spread = hn::Load(d82, kSpread), narrow = hn::Load(d82, kNarrow);
  const auto weights = [&](const std::int16_t* two) HWY_ATTR {
    std::uint32_t both;
    std::memcpy(&both, two, 4);
    return hn::BitCast(d2, hn::TableLookupBytes(hn::BitCast(d82, hn::Set(d32, both)), spread));
  };
  for (; i + 2 <= n; i += 2) {
    const std::uint8_t *p = pixels + at.offset[i], *q = pixels + at.offset[i + 1];
    const auto top = hn::Combine(d2, hn::PromoteTo(d, hn::LoadU(d8, q)), hn::PromoteTo(d, hn::LoadU(d8, p)));
    const auto low = hn::Combine(d2, hn::PromoteTo(d, hn::LoadU(d8, q + stride)),
                                 hn::PromoteTo(d, hn::LoadU(d8, p + stride)));
    const auto left = hn::Add(hn::ShiftLeft<7>(top),
                              hn::MulFixedPoint15(hn::ShiftLeft<7>(hn::Sub(low, top)), weights(at.fy + i)));
    const auto right = hn::ShiftRightLanes<C>(d2, left);
    const auto v =
        hn::Add(hn::Add(left, half2), hn::MulFixedPoint15(hn::Sub(right, left), weights(at.fx + i)));
    const auto words = hn::BitCast(d32, hn::TableLookupBytes(hn::BitCast(d82, hn::ShiftRight<7>(v)), narrow));
    const hn::FixedTag<std::uint32_t, 4> d4;
    const std::uint32_t a = hn::GetLane(hn::LowerHalf(d4, words)), b = hn::GetLane(hn::UpperHalf(d4, words));
    std::memcpy(out + i * C, &a, 4);
    std::memcpy(out + (i + 1) * C, &b, 4);
  }
#endif
  const auto half = hn::Set(d, 64);
  for (; i < n; ++i) {
    const std::uint8_t* p = pixels + at.offset[i];
    const auto top = hn::PromoteTo(d, hn::LoadU(d8, p)), low = hn::PromoteTo(d, hn::LoadU(d8, p + stride));
    const auto left = hn::Add(hn::ShiftLeft<7>(top),
                              hn::MulFixedPoint15(hn::ShiftLeft<7>(hn::Sub(low, top)), hn::Set(d, at.fy[i])));
    const auto right = hn::ShiftRightLanes<C>(d, left);
    const auto v = hn::Add(left, hn::MulFixedPoint15(hn::Sub(right, left), hn::Set(d, at.fx[i])));
    HWY_ALIGN std::uint8_t bytes[8];
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRight<7>(hn::Add(v, half))), d8, bytes);
    std::memcpy(out + i * C, bytes, 4);
  }
}

/// A block whose pixels are all inside. The last pixel's fourth byte would run over.
template <int C>
HWY_INLINE void ReadBlock(const WarpSource<std::uint8_t>& s, const FixedPlaces& fixed, int n,
                          std::uint8_t* out) {
  if (C == 4) return ReadFixed<C>(s.pixels, s.stride, fixed, n, out);
  std::uint8_t last[8];
  ReadFixed<C>(s.pixels, s.stride, fixed, n - 1, out);
  FixedPlaces one;
  one.offset[0] = fixed.offset[n - 1];
  one.fx[0] = fixed.fx[n - 1];
  one.fy[0] = fixed.fy[n - 1];
  ReadFixed<C>(s.pixels, s.stride, one, 1, last);
  std::memcpy(out + (n - 1) * C, last, C);
}
#endif

template <class T, int C>
HWY_INLINE void InsidePixels(const WarpSource<T>& s, const Places& at, int n, T* out) {
  for (int i = 0; i < n; ++i) {
    const T* p = s.pixels + at.y[i] * s.stride + static_cast<std::ptrdiff_t>(at.x[i]) * C;
    Blend<T, C>(p, p + C, p + s.stride, p + s.stride + C, at.fx[i], at.fy[i], out + i * C);
  }
}

template <class T, int C>
HWY_INLINE void Bilinear(const WarpSource<T>& s, const float* u, const float* v, int n, T* out) {
#if HWY_TARGET != HWY_SCALAR
  // Offsets have 31 bits.
  FixedPlaces fixed;
  const bool fixable = sizeof(T) == 1 && C >= 3 && s.stride * s.height < 0x7fffffff;
  if constexpr (sizeof(T) == 1 && C >= 3)
    if (fixable && FixInside<C>(u, v, n, s.width, s.height, static_cast<std::int32_t>(s.stride), fixed))
      return ReadBlock<C>(s, fixed, n, out);
#endif
  Places at;
  // Bytes are read eight at a time: of three channels two more than needed.
  Locate(u, v, n, s.width, s.height, s.border, 0, 1, sizeof(T) == 1 && C == 3 ? 1 : 0, at);
  if (at.all_inside) {
#if HWY_TARGET != HWY_SCALAR
    if constexpr (sizeof(T) == 1 && C >= 3)
      if (fixable) {
        FixPlaces<C>(at, n, static_cast<std::int32_t>(s.stride), fixed);
        return ReadBlock<C>(s, fixed, n, out);
      }
#endif
    return InsidePixels<T, C>(s, at, n, out);
  }
  int i = 0;
  while (i < n) {
    // Pixels inside come in runs: a convex picture meets a row once.
    const int stop = std::min(n, i + RunOf(at.inside, i));
    if (stop > i) {
#if HWY_TARGET != HWY_SCALAR
      if constexpr (sizeof(T) == 1 && C >= 3)
        if (fixable && stop - i > 4) {
          Places part;
          for (int k = i; k < stop; ++k) {
            part.x[k - i] = at.x[k];
            part.y[k - i] = at.y[k];
            part.fx[k - i] = at.fx[k];
            part.fy[k - i] = at.fy[k];
          }
          FixPlaces<C>(part, stop - i, static_cast<std::int32_t>(s.stride), fixed);
          ReadBlock<C>(s, fixed, stop - i, out + i * C);
          i = stop;
          continue;
        }
#endif
      for (; i < stop; ++i) {
        const T* p = s.pixels + at.y[i] * s.stride + static_cast<std::ptrdiff_t>(at.x[i]) * C;
        Blend<T, C>(p, p + C, p + s.stride, p + s.stride + C, at.fx[i], at.fy[i], out + i * C);
      }
      continue;
    }
    const int filled = std::min(n, i + RunOf(at.beyond, i));
    if (filled > i)
      for (; i < filled; ++i)
        for (int k = 0; k < C; ++k) out[i * C + k] = s.color[static_cast<std::size_t>(k)];
    else {
      EdgePixel<T, C>(s, u[i], v[i], out + i * C);
      ++i;
    }
  }
}

/// Keys' kernel, a = -3/4, for taps -1, 0, 1, 2 at share f.
HWY_INLINE void CubicWeights(float f, float* w) {
  constexpr float a = -0.75F;
  const float g = 1 - f;
  w[0] = a * f * g * g;
  w[3] = a * g * f * f;
  w[1] = 1 + f * f * ((a + 2) * f - (a + 3));
  w[2] = 1 - w[0] - w[1] - w[3];
}

template <class T, int C>
HWY_INLINE void Bicubic(const WarpSource<T>& s, const float* u, const float* v, int n, T* out) {
  Places at;
  Locate(u, v, n, s.width, s.height, s.border, 1, 3, 0, at);
  for (int i = 0; i < n; ++i) {
    float px = u[i], py = v[i], fx = at.fx[i], fy = at.fy[i];
    int x = at.x[i], y = at.y[i];
    const bool inside = at.all_inside || (at.inside >> i & 1) != 0;
    if (!inside) {
      px = Limit(px - 0.5F, -kFar, kFar);
      py = Limit(py - 0.5F, -kFar, kFar);
      fx = px - Floor(px);
      fy = py - Floor(py);
      x = static_cast<int>(Floor(px));
      y = static_cast<int>(Floor(py));
    }
    float wx[4], wy[4], sum[C] = {};
    CubicWeights(fx, wx);
    CubicWeights(fy, wy);
    for (int r = 0; r < 4; ++r) {
      float row[C] = {};
      const T* p =
          inside ? s.pixels + (y + r - 1) * s.stride + static_cast<std::ptrdiff_t>(x - 1) * C : nullptr;
      for (int k = 0; k < 4; ++k) {
        const T* tap = inside ? p + k * C : Tap(s, x + k - 1, y + r - 1);
        for (int c = 0; c < C; ++c) row[c] += wx[k] * static_cast<float>(tap[c]);
      }
      for (int c = 0; c < C; ++c) sum[c] += wy[r] * row[c];
    }
    for (int c = 0; c < C; ++c) out[i * C + c] = Round<T>(sum[c]);
  }
}

#define DOPPEL_EACH_CHANNELS(function)                         \
  if (s.channels == 1) return function<T, 1>(s, u, v, n, out); \
  if (s.channels == 3) return function<T, 3>(s, u, v, n, out); \
  function<T, 4>(s, u, v, n, out)

template <class T>
HWY_INLINE void AnyBilinear(const WarpSource<T>& s, const float* u, const float* v, int n, T* out) {
  DOPPEL_EACH_CHANNELS(Bilinear);
}
template <class T>
HWY_INLINE void AnyBicubic(const WarpSource<T>& s, const float* u, const float* v, int n, T* out) {
  DOPPEL_EACH_CHANNELS(Bicubic);
}
#undef DOPPEL_EACH_CHANNELS

void BilinearBytes(const WarpSource<std::uint8_t>& s, const float* u, const float* v, int n,
                   std::uint8_t* out) {
  AnyBilinear(s, u, v, n, out);
}
void BilinearFloats(const WarpSource<float>& s, const float* u, const float* v, int n, float* out) {
  AnyBilinear(s, u, v, n, out);
}
void BicubicBytes(const WarpSource<std::uint8_t>& s, const float* u, const float* v, int n,
                  std::uint8_t* out) {
  AnyBicubic(s, u, v, n, out);
}
void BicubicFloats(const WarpSource<float>& s, const float* u, const float* v, int n, float* out) {
  AnyBicubic(s, u, v, n, out);
}

/// Whole pixels by the border rule; -1 for a colour.
HWY_INLINE void NearestAxis(const float* HWY_RESTRICT u, int n, int size, Fill::Kind border,
                            std::int32_t* HWY_RESTRICT out) {
  HWY_ALIGN float centre[kWarpBlock], p[kWarpBlock];
  for (int i = 0; i < n; ++i) centre[i] = Floor(Limit(u[i], -kFar, kFar)) + 0.5F;
  if (border == Fill::Kind::Wrap || border == Fill::Kind::Color) {
    for (int i = 0; i < n; ++i) out[i] = border_index(static_cast<int>(centre[i] - 0.5F), size, border);
    return;
  }
  Fold(centre, n, size, border, p);
  for (int i = 0; i < n; ++i) out[i] = static_cast<std::int32_t>(p[i] + 0.5F);
}

void NearestPixels(int width, int height, Fill::Kind border, const float* u, const float* v, int n,
                   std::int32_t* pixel) {
  HWY_ALIGN std::int32_t x[kWarpBlock], y[kWarpBlock];
  NearestAxis(u, n, width, border, x);
  NearestAxis(v, n, height, border, y);
  for (int i = 0; i < n; ++i) pixel[i] = x[i] < 0 || y[i] < 0 ? -1 : y[i] * width + x[i];
}

void MapRow(const double* m, int first, int y, int n, float* HWY_RESTRICT u, float* HWY_RESTRICT v) {
  const double cx = first + 0.5, cy = y + 0.5;
  const float u0 = static_cast<float>(m[0] * cx + m[1] * cy + m[2]),
              v0 = static_cast<float>(m[3] * cx + m[4] * cy + m[5]);
  const float du = static_cast<float>(m[0]), dv = static_cast<float>(m[3]);
  if (m[6] == 0 && m[7] == 0 && m[8] == 1) {
    for (int i = 0; i < n; ++i) {
      u[i] = u0 + du * static_cast<float>(i);
      v[i] = v0 + dv * static_cast<float>(i);
    }
    return;
  }
  const float w0 = static_cast<float>(m[6] * cx + m[7] * cy + m[8]), dw = static_cast<float>(m[6]);
  for (int i = 0; i < n; ++i) {
    const float x = static_cast<float>(i), w = 1 / (w0 + dw * x);
    u[i] = (u0 + du * x) * w;
    v[i] = (v0 + dv * x) * w;
  }
}

void MapPoints(const double* map, int n, float* HWY_RESTRICT u, float* HWY_RESTRICT v) {
  float m[9];
  for (int k = 0; k < 9; ++k) m[k] = static_cast<float>(map[k]);
  const bool affine = map[6] == 0 && map[7] == 0 && map[8] == 1;
  for (int i = 0; i < n; ++i) {
    const float x = u[i], y = v[i];
    const float w = affine ? 1.F : 1 / (m[6] * x + m[7] * y + m[8]);
    u[i] = (m[0] * x + m[1] * y + m[2]) * w;
    v[i] = (m[3] * x + m[4] * y + m[5]) * w;
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {

HWY_EXPORT(BilinearBytes);
HWY_EXPORT(BilinearFloats);
HWY_EXPORT(BicubicBytes);
HWY_EXPORT(BicubicFloats);
HWY_EXPORT(NearestPixels);
HWY_EXPORT(MapRow);
HWY_EXPORT(MapPoints);

int border_index(int i, int n, Fill::Kind kind) {
  if (i >= 0 && i < n) return i;
  switch (kind) {
    case Fill::Kind::Color:
      return -1;
    case Fill::Kind::Replicate:
      return i < 0 ? 0 : n - 1;
    case Fill::Kind::Wrap:
      return (i % n + n) % n;
    case Fill::Kind::Reflect:
      break;
  }
  if (n == 1) return 0;
  const int period = 2 * (n - 1);
  i = (i % period + period) % period;
  return i < n ? i : period - i;
}

void read_bilinear(const WarpSource<std::uint8_t>& source, const float* u, const float* v, int n,
                   std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(BilinearBytes)(source, u, v, n, out);
}
void read_bilinear(const WarpSource<float>& source, const float* u, const float* v, int n, float* out) {
  HWY_DYNAMIC_DISPATCH(BilinearFloats)(source, u, v, n, out);
}
void read_bicubic(const WarpSource<std::uint8_t>& source, const float* u, const float* v, int n,
                  std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(BicubicBytes)(source, u, v, n, out);
}
void read_bicubic(const WarpSource<float>& source, const float* u, const float* v, int n, float* out) {
  HWY_DYNAMIC_DISPATCH(BicubicFloats)(source, u, v, n, out);
}
void nearest_pixels(int width, int height, Fill::Kind border, const float* u, const float* v, int n,
                    std::int32_t* pixel) {
  HWY_DYNAMIC_DISPATCH(NearestPixels)(width, height, border, u, v, n, pixel);
}
void map_row(const std::array<double, 9>& map, int first, int y, int n, float* u, float* v) {
  HWY_DYNAMIC_DISPATCH(MapRow)(map.data(), first, y, n, u, v);
}
void map_points(const std::array<double, 9>& map, int n, float* u, float* v) {
  HWY_DYNAMIC_DISPATCH(MapPoints)(map.data(), n, u, v);
}

}  // namespace doppel::augment
#endif
