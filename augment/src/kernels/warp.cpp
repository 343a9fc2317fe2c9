#include "warp.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/warp.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "fixed_read-inl.h"
#include "load-inl.h"
#include "math-inl.h"
#include "places-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

template <class T>
HWY_INLINE const T* Tap(const WarpSource<T>& s, int x, int y) {
  const int sx = border_index(x, s.width, s.border), sy = border_index(y, s.height, s.border);
  return sx < 0 || sy < 0 ? s.color : s.pixels + sy * s.stride + static_cast<std::ptrdiff_t>(sx) * s.channels;
}

template <class T>
HWY_INLINE T Round(float v) {
  if constexpr (sizeof(T) < sizeof(float)) {
    constexpr float most = sizeof(T) == 1 ? 255.F : 65535.F;
    v = v > 0 ? v : 0;
    return static_cast<T>((v < most ? v : most) + 0.5F);
  } else {
    return v;
  }
}

#if HWY_TARGET != HWY_SCALAR
namespace hn = hwy::HWY_NAMESPACE;

template <class D, class V>
HWY_INLINE hn::Vec<D> AsFloats(D d, V v) {
  if constexpr (std::is_same_v<V, hn::Vec<D>>)
    return v;
  else
    return hn::ConvertTo(d, hn::PromoteTo(hn::RebindToSigned<D>(), v));
}

/// As numbers of type T, rounded.
template <class D, class T>
HWY_INLINE auto Rounded(D d, hn::Rebind<T, D> dt, hn::Vec<D> v) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return v;
  } else {
    const auto most = hn::Set(d, sizeof(T) == 1 ? 255.F : 65535.F);
    const auto in = hn::Add(hn::Min(hn::Max(v, hn::Zero(d)), most), hn::Set(d, 0.5F));
    return hn::DemoteTo(dt, hn::ConvertTo(hn::RebindToSigned<D>(), in));
  }
}

/// Between four pixels, whose numbers `load` gives.
template <class D, class T, class Load>
HWY_INLINE auto Between(D d, hn::Rebind<T, D> dt, const T* const* taps, float fx, float fy,
                        const Load& load) {
  const auto x = hn::Set(d, fx), y = hn::Set(d, fy);
  const auto a = AsFloats(d, load(taps[0])), b = AsFloats(d, load(taps[1])), c = AsFloats(d, load(taps[2])),
             e = AsFloats(d, load(taps[3]));
  const auto top = hn::Add(a, hn::Mul(x, hn::Sub(b, a))), low = hn::Add(c, hn::Mul(x, hn::Sub(e, c)));
  return Rounded<D, T>(d, dt, hn::Add(top, hn::Mul(y, hn::Sub(low, top))));
}
#endif

/// A pixel of more than four channels.
template <class T>
HWY_INLINE void BlendBands(const T* a, const T* b, const T* c, const T* d, int channels, float fx, float fy,
                           T* out) {
#if HWY_TARGET == HWY_SCALAR
  for (int k = 0; k < channels; ++k) {
    const float top = static_cast<float>(a[k]) + fx * (static_cast<float>(b[k]) - static_cast<float>(a[k]));
    const float low = static_cast<float>(c[k]) + fx * (static_cast<float>(d[k]) - static_cast<float>(c[k]));
    out[k] = Round<T>(top + fy * (low - top));
  }
#else
  const T* taps[] = {a, b, c, d};
#if HWY_TARGET == HWY_AVX3
  const hn::FixedTag<float, 16> df;
  const hn::Rebind<T, decltype(df)> dt;
  for (int k = 0; k < channels; k += 16) {
    const auto there = hn::FirstN(dt, static_cast<std::size_t>(channels - k < 16 ? channels - k : 16));
    const auto v = Between<decltype(df), T>(
        df, dt, taps, fx, fy, [&](const T* p) HWY_ATTR { return hn::MaskedLoad(there, dt, p + k); });
    hn::BlendedStore(v, there, dt, out + k);
  }
#else
  const auto some = [&](auto df, int k) HWY_ATTR {
    const hn::Rebind<T, decltype(df)> dt;
    const auto load = [&](const T* p) HWY_ATTR { return hn::LoadU(dt, p + k); };
    hn::StoreU(Between<decltype(df), T>(df, dt, taps, fx, fy, load), dt, out + k);
  };
  // The last vector overlaps the one before it.
  const auto all = [&](auto df) HWY_ATTR {
    constexpr int kLanes = static_cast<int>(hn::MaxLanes(decltype(df)()));
    for (int k = 0; k + kLanes <= channels; k += kLanes) some(df, k);
    if (channels % kLanes != 0) some(df, channels - kLanes);
  };
  if (channels >= 8)
    all(hn::CappedTag<float, 8>());
  else
    all(hn::CappedTag<float, 4>());
#endif
#endif
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

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2
/// Pixels [first, stop) of three or four 16-bit numbers, four numbers of each side by side; of three the next
/// pixel's first is read and thrown away. Returns how many it did: the last is never one of them.
template <int C>
HWY_INLINE int WideShorts(const WarpSource<std::uint16_t>& s, const Places& at, int first, int stop,
                          std::uint16_t* out) {
  constexpr int kPixels = HWY_TARGET == HWY_AVX3 ? 4 : 2;
  const hn::FixedTag<float, 4 * kPixels> d;
  const hn::RebindToSigned<decltype(d)> di;
  const hn::Rebind<std::uint16_t, decltype(d)> du;
  HWY_ALIGN float fx[4 * kWarpBlock], fy[4 * kWarpBlock];
  for (int i = first; i < stop; ++i)
    for (int k = 0; k < 4; ++k) {
      fx[4 * i + k] = at.fx[i];
      fy[4 * i + k] = at.fy[i];
    }
  const auto half = hn::Set(d, 0.5F);
  int i = first;
  for (; i + kPixels < stop; i += kPixels) {
    const std::uint16_t* p[kPixels];
    for (int k = 0; k < kPixels; ++k)
      p[k] = s.pixels + at.y[i + k] * s.stride + static_cast<std::ptrdiff_t>(at.x[i + k]) * C;
    const auto tap = [&](std::ptrdiff_t on) HWY_ATTR {
#if HWY_TARGET == HWY_AVX3
      const hn::Vec<decltype(du)> v{LoadFour(p[0] + on, p[1] + on, p[2] + on, p[3] + on)};
#else
      const hn::Vec<decltype(du)> v{LoadTwo(p[0] + on, p[1] + on)};
#endif
      return hn::ConvertTo(d, hn::PromoteTo(di, v));
    };
    const auto x = hn::LoadU(d, fx + 4 * i), y = hn::LoadU(d, fy + 4 * i);
    const auto a = tap(0), b = tap(C), c = tap(s.stride), e = tap(s.stride + C);
    const auto top = hn::Add(a, hn::Mul(x, hn::Sub(b, a))), low = hn::Add(c, hn::Mul(x, hn::Sub(e, c)));
    const auto v =
        hn::DemoteTo(du, hn::ConvertTo(di, hn::Add(hn::Add(top, hn::Mul(y, hn::Sub(low, top))), half)));
    if constexpr (C == 4) {
      hn::StoreU(v, du, out + i * 4);
    } else {
#if HWY_TARGET == HWY_AVX3
      const __m256i together = _mm256_permutexvar_epi16(
          _mm256_setr_epi16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0), v.raw);
      _mm256_mask_storeu_epi16(out + i * 3, 0xfff, together);
#else
      const std::int64_t low_pixel = _mm_cvtsi128_si64(v.raw), high_pixel = _mm_extract_epi64(v.raw, 1);
      std::memcpy(out + i * 3, &low_pixel, sizeof low_pixel);
      std::memcpy(out + i * 3 + 3, &high_pixel, sizeof high_pixel);
#endif
    }
  }
  return i - first;
}
#endif

/// Pixels [first, stop), all of whose neighbours are inside.
template <class T, int C>
HWY_INLINE void InsideRun(const WarpSource<T>& s, const Places& at, int first, int stop, T* out) {
  int i = first;
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2
  if constexpr (sizeof(T) == 2 && C >= 3) i += WideShorts<C>(s, at, first, stop, out);
#endif
  for (; i < stop; ++i) {
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
  // Bytes are read eight at a time: of three channels two more than needed. So are 16-bit numbers.
  Locate(u, v, n, s.width, s.height, s.border, 0, 1, sizeof(T) < sizeof(float) && C == 3 ? 1 : 0, at);
  if (at.all_inside) {
#if HWY_TARGET != HWY_SCALAR
    if constexpr (sizeof(T) == 1 && C >= 3)
      if (fixable) {
        FixPlaces<C>(at, n, static_cast<std::int32_t>(s.stride), fixed);
        return ReadBlock<C>(s, fixed, n, out);
      }
#endif
    return InsideRun<T, C>(s, at, 0, n, out);
  }
  int i = 0;
  while (i < n) {
    // Pixels inside come in runs: a convex image meets a row once.
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
      InsideRun<T, C>(s, at, i, stop, out);
      i = stop;
      continue;
    }
    const int filled = std::min(n, i + RunOf(at.beyond, i));
    if (filled > i)
      for (; i < filled; ++i)
        for (int k = 0; k < C; ++k) out[i * C + k] = s.color[k];
    else {
      EdgePixel<T, C>(s, u[i], v[i], out + i * C);
      ++i;
    }
  }
}

/// Of five channels and more.
template <class T>
HWY_INLINE void BilinearBands(const WarpSource<T>& s, const float* u, const float* v, int n, T* out) {
  Places at;
  Locate(u, v, n, s.width, s.height, s.border, 0, 1, 0, at);
  const int channels = s.channels;
  for (int i = 0; i < n; ++i, out += channels) {
    if (at.all_inside || (at.inside >> i & 1) != 0) {
      const T* p = s.pixels + at.y[i] * s.stride + static_cast<std::ptrdiff_t>(at.x[i]) * channels;
      BlendBands(p, p + channels, p + s.stride, p + s.stride + channels, channels, at.fx[i], at.fy[i], out);
    } else if ((at.beyond >> i & 1) != 0) {
      std::copy_n(s.color, channels, out);
    } else {
      const float px = Limit(u[i] - 0.5F, -kFar, kFar), py = Limit(v[i] - 0.5F, -kFar, kFar);
      const int x = static_cast<int>(Floor(px)), y = static_cast<int>(Floor(py));
      BlendBands(Tap(s, x, y), Tap(s, x + 1, y), Tap(s, x, y + 1), Tap(s, x + 1, y + 1), channels,
                 px - Floor(px), py - Floor(py), out);
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

/// `C` 0: any number of channels.
template <class T, int C>
HWY_INLINE void Bicubic(const WarpSource<T>& s, const float* u, const float* v, int n, T* out) {
  constexpr int kRoom = C > 0 ? C : kMostChannels;
  const int channels = C > 0 ? C : s.channels;
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
    float wx[4], wy[4], sum[kRoom] = {};
    CubicWeights(fx, wx);
    CubicWeights(fy, wy);
    for (int r = 0; r < 4; ++r) {
      float row[kRoom] = {};
      const T* p = inside ? s.pixels + (y + r - 1) * s.stride + static_cast<std::ptrdiff_t>(x - 1) * channels
                          : nullptr;
      for (int k = 0; k < 4; ++k) {
        const T* tap = inside ? p + k * channels : Tap(s, x + k - 1, y + r - 1);
        for (int c = 0; c < channels; ++c) row[c] += wx[k] * static_cast<float>(tap[c]);
      }
      for (int c = 0; c < channels; ++c) sum[c] += wy[r] * row[c];
    }
    for (int c = 0; c < channels; ++c) out[i * channels + c] = Round<T>(sum[c]);
  }
}

template <class T>
HWY_INLINE void AnyBilinear(const WarpSource<T>& s, const float* u, const float* v, int n, T* out) {
  if (s.channels == 1) return Bilinear<T, 1>(s, u, v, n, out);
  if (s.channels == 2) return Bilinear<T, 2>(s, u, v, n, out);
  if (s.channels == 3) return Bilinear<T, 3>(s, u, v, n, out);
  if (s.channels == 4) return Bilinear<T, 4>(s, u, v, n, out);
  BilinearBands(s, u, v, n, out);
}
template <class T>
HWY_INLINE void AnyBicubic(const WarpSource<T>& s, const float* u, const float* v, int n, T* out) {
  if (s.channels == 1) return Bicubic<T, 1>(s, u, v, n, out);
  if (s.channels == 3) return Bicubic<T, 3>(s, u, v, n, out);
  if (s.channels == 4) return Bicubic<T, 4>(s, u, v, n, out);
  Bicubic<T, 0>(s, u, v, n, out);
}

void BilinearBytes(const WarpSource<std::uint8_t>& s, const float* u, const float* v, int n,
                   std::uint8_t* out) {
  AnyBilinear(s, u, v, n, out);
}
void BilinearShorts(const WarpSource<std::uint16_t>& s, const float* u, const float* v, int n,
                    std::uint16_t* out) {
  AnyBilinear(s, u, v, n, out);
}
void BilinearFloats(const WarpSource<float>& s, const float* u, const float* v, int n, float* out) {
  AnyBilinear(s, u, v, n, out);
}
void BicubicBytes(const WarpSource<std::uint8_t>& s, const float* u, const float* v, int n,
                  std::uint8_t* out) {
  AnyBicubic(s, u, v, n, out);
}
void BicubicShorts(const WarpSource<std::uint16_t>& s, const float* u, const float* v, int n,
                   std::uint16_t* out) {
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
HWY_EXPORT(BilinearShorts);
HWY_EXPORT(BilinearFloats);
HWY_EXPORT(BicubicBytes);
HWY_EXPORT(BicubicShorts);
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
    case Fill::Kind::Symmetric:
      i = (i % (2 * n) + 2 * n) % (2 * n);
      return i < n ? i : 2 * n - 1 - i;
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
void read_bilinear(const WarpSource<std::uint16_t>& source, const float* u, const float* v, int n,
                   std::uint16_t* out) {
  HWY_DYNAMIC_DISPATCH(BilinearShorts)(source, u, v, n, out);
}
void read_bilinear(const WarpSource<float>& source, const float* u, const float* v, int n, float* out) {
  HWY_DYNAMIC_DISPATCH(BilinearFloats)(source, u, v, n, out);
}
void read_bicubic(const WarpSource<std::uint8_t>& source, const float* u, const float* v, int n,
                  std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(BicubicBytes)(source, u, v, n, out);
}
void read_bicubic(const WarpSource<std::uint16_t>& source, const float* u, const float* v, int n,
                  std::uint16_t* out) {
  HWY_DYNAMIC_DISPATCH(BicubicShorts)(source, u, v, n, out);
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
