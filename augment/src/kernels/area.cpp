#include "area.h"

#include "doppel/base/geometry.h"

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/area.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

/// Adds up to three rows: the sum is read and written once for them. `kFirst`: there is no sum yet.
template <class T, int kRows, bool kFirst>
void AddRows(const void* const* rows, const float* weights, int n, float* HWY_RESTRICT sum) {
  const T* HWY_RESTRICT a = static_cast<const T*>(rows[0]);
  const T* HWY_RESTRICT b = static_cast<const T*>(rows[kRows > 1 ? 1 : 0]);
  const T* HWY_RESTRICT c = static_cast<const T*>(rows[kRows > 2 ? 2 : 0]);
  const float wa = weights[0], wb = kRows > 1 ? weights[1] : 0, wc = kRows > 2 ? weights[2] : 0;
  for (int i = 0; i < n; ++i) {
    float v = wa * static_cast<float>(a[i]);
    if constexpr (kRows > 1) v += wb * static_cast<float>(b[i]);
    if constexpr (kRows > 2) v += wc * static_cast<float>(c[i]);
    sum[i] = kFirst ? v : sum[i] + v;
  }
}

template <class T, bool kFirst>
int AddSome(const void* const* rows, const float* weights, int count, int n, float* sum) {
  if (count >= 3) return AddRows<T, 3, kFirst>(rows, weights, n, sum), 3;
  if (count == 2) return AddRows<T, 2, kFirst>(rows, weights, n, sum), 2;
  return AddRows<T, 1, kFirst>(rows, weights, n, sum), 1;
}

template <class T>
void SumRows(const void* const* rows, const float* weights, int count, int n, float* sum) {
  for (int t = AddSome<T, true>(rows, weights, count, n, sum); t < count;)
    t += AddSome<T, false>(rows + t, weights + t, count - t, n, sum);
}

void SumByteRows(const void* const* rows, const float* weights, int count, int n, float* sum) {
  SumRows<std::uint8_t>(rows, weights, count, n, sum);
}
void SumShortRows(const void* const* rows, const float* weights, int count, int n, float* sum) {
  SumRows<std::uint16_t>(rows, weights, count, n, sum);
}
void SumFloatRows(const void* const* rows, const float* weights, int count, int n, float* sum) {
  SumRows<float>(rows, weights, count, n, sum);
}

template <class T>
HWY_INLINE T Rounded(float v) {
  if constexpr (sizeof(T) == sizeof(float))
    return v;
  else
    return static_cast<T>(static_cast<std::int32_t>(v + 0.5F));
}

#if HWY_TARGET != HWY_SCALAR
namespace hn = hwy::HWY_NAMESPACE;
using Pixel = hn::FixedTag<float, 4>;

/// One pixel in one vector of four numbers, the last of which is the next pixel's where there are three.
template <int kTaps>
HWY_INLINE hn::Vec<Pixel> SumPixel(const float* row, const int* places, const float* weights, int taps) {
  const Pixel d;
  auto v = hn::Mul(hn::Set(d, weights[0]), hn::LoadU(d, row + places[0]));
  const int count = kTaps > 0 ? kTaps : taps;
  for (int t = 1; t < count; ++t)
    v = hn::Add(v, hn::Mul(hn::Set(d, weights[t]), hn::LoadU(d, row + places[t])));
  return v;
}

template <int kTaps>
int WidePixels(const float* row, const int* places, const float* weights, int taps, int channels, int width,
               float* out) {
  const Pixel d;
  int x = 0;
  // The vector of the last pixel but one still ends within the row.
  for (; x < width - (channels == 3 ? 1 : 0); ++x, places += taps, weights += taps, out += channels)
    hn::StoreU(SumPixel<kTaps>(row, places, weights, taps), d, out);
  return x;
}

template <int kTaps, class T>
int WidePixels(const float* row, const int* places, const float* weights, int taps, int channels, int width,
               T* out) {
  const Pixel d;
  const hn::Rebind<std::int32_t, Pixel> d32;
  const hn::Rebind<T, Pixel> narrow;
  const auto half = hn::Set(d, 0.5F);
  int x = 0;
  for (; x < width - (channels == 3 ? 1 : 0); ++x, places += taps, weights += taps, out += channels) {
    const auto v = hn::Add(SumPixel<kTaps>(row, places, weights, taps), half);
    hn::StoreU(hn::DemoteTo(narrow, hn::ConvertTo(d32, v)), narrow, out);
  }
  return x;
}

using Numbers = hn::ScalableTag<float>;
using Places = hn::RebindToSigned<Numbers>;

/// Of neighbouring pixels the t-th number of each, for every t.
template <int kTaps, class D>
HWY_INLINE void LoadTaps(D d, const hn::TFromD<D>* from, hn::Vec<D> (&taps)[kTaps]) {
  if constexpr (kTaps == 2)
    hn::LoadInterleaved2(d, from, taps[0], taps[1]);
  else if constexpr (kTaps == 3)
    hn::LoadInterleaved3(d, from, taps[0], taps[1], taps[2]);
  else
    hn::LoadInterleaved4(d, from, taps[0], taps[1], taps[2], taps[3]);
}

template <class T>
HWY_INLINE void StoreRounded(hn::Vec<Numbers> v, T* out) {
  const Numbers d;
  if constexpr (sizeof(T) == sizeof(float)) {
    hn::StoreU(v, d, out);
  } else {
    const hn::Rebind<T, Numbers> narrow;
    const auto whole = hn::ConvertTo(Places(), hn::Add(v, hn::Set(d, 0.5F)));
    hn::StoreU(hn::DemoteTo(narrow, whole), narrow, out);
  }
}

/// Pixels of one number each, a vector of them at once. Returns how many.
template <int kTaps, class T>
int GreyPixels(const float* row, const int* places, const float* weights, int width, T* out) {
  const Numbers d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  int x = 0;
  for (; x + lanes <= width; x += lanes, places += kTaps * lanes, weights += kTaps * lanes) {
    hn::Vec<Places> at[kTaps];
    hn::Vec<Numbers> share[kTaps];
    LoadTaps<kTaps>(Places(), places, at);
    LoadTaps<kTaps>(d, weights, share);
    auto v = hn::Mul(share[0], hn::GatherIndex(d, row, at[0]));
    for (int t = 1; t < kTaps; ++t) v = hn::Add(v, hn::Mul(share[t], hn::GatherIndex(d, row, at[t])));
    StoreRounded(v, out + x);
  }
  return x;
}
#endif

/// Channel beside channel: these are what vectors hold.
template <class T>
void BandPixels(const float* row, const int* places, const float* weights, int taps, int channels, int width,
                T* out) {
  float sum[kMostChannels];
  for (int x = 0; x < width; ++x, places += taps, weights += taps, out += channels) {
    for (int c = 0; c < channels; ++c) sum[c] = weights[0] * row[places[0] + c];
    for (int t = 1; t < taps; ++t)
      for (int c = 0; c < channels; ++c) sum[c] += weights[t] * row[places[t] + c];
    for (int c = 0; c < channels; ++c) out[c] = Rounded<T>(sum[c]);
  }
}

template <class T>
void Pixels(const float* row, const int* places, const float* weights, int taps, int channels, int width,
            T* out) {
  int x = 0;
#if HWY_TARGET != HWY_SCALAR
  if (channels == 3 || channels == 4) {
    if (taps == 2)
      x = WidePixels<2>(row, places, weights, taps, channels, width, out);
    else if (taps == 3)
      x = WidePixels<3>(row, places, weights, taps, channels, width, out);
    else
      x = WidePixels<0>(row, places, weights, taps, channels, width, out);
  } else if (channels == 1) {
    x = taps == 2   ? GreyPixels<2>(row, places, weights, width, out)
        : taps == 3 ? GreyPixels<3>(row, places, weights, width, out)
        : taps == 4 ? GreyPixels<4>(row, places, weights, width, out)
                    : 0;
  }
#endif
  if (channels > 4) return BandPixels(row, places, weights, taps, channels, width, out);
  for (; x < width; ++x)
    for (int c = 0; c < channels; ++c) {
      float v = 0;
      for (int t = 0; t < taps; ++t) v += weights[x * taps + t] * row[places[x * taps + t] + c];
      out[x * channels + c] = Rounded<T>(v);
    }
}

void PixelsBytes(const float* row, const int* places, const float* weights, int taps, int channels, int width,
                 std::uint8_t* out) {
  Pixels(row, places, weights, taps, channels, width, out);
}
void PixelsShorts(const float* row, const int* places, const float* weights, int taps, int channels,
                  int width, std::uint16_t* out) {
  Pixels(row, places, weights, taps, channels, width, out);
}
void PixelsFloats(const float* row, const int* places, const float* weights, int taps, int channels,
                  int width, float* out) {
  Pixels(row, places, weights, taps, channels, width, out);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {
HWY_EXPORT(SumByteRows);
HWY_EXPORT(SumShortRows);
HWY_EXPORT(SumFloatRows);
HWY_EXPORT(PixelsBytes);
HWY_EXPORT(PixelsShorts);
HWY_EXPORT(PixelsFloats);
}  // namespace

void sum_byte_rows(const void* const* rows, const float* weights, int count, int n, float* out) {
  HWY_DYNAMIC_DISPATCH(SumByteRows)(rows, weights, count, n, out);
}
void sum_short_rows(const void* const* rows, const float* weights, int count, int n, float* out) {
  HWY_DYNAMIC_DISPATCH(SumShortRows)(rows, weights, count, n, out);
}
void sum_float_rows(const void* const* rows, const float* weights, int count, int n, float* out) {
  HWY_DYNAMIC_DISPATCH(SumFloatRows)(rows, weights, count, n, out);
}
void read_pixels(const float* row, const int* places, const float* weights, int taps, int channels, int width,
                 std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(PixelsBytes)(row, places, weights, taps, channels, width, out);
}
void read_pixels(const float* row, const int* places, const float* weights, int taps, int channels, int width,
                 std::uint16_t* out) {
  HWY_DYNAMIC_DISPATCH(PixelsShorts)(row, places, weights, taps, channels, width, out);
}
void read_pixels(const float* row, const int* places, const float* weights, int taps, int channels, int width,
                 float* out) {
  HWY_DYNAMIC_DISPATCH(PixelsFloats)(row, places, weights, taps, channels, width, out);
}

}  // namespace doppel::augment
#endif
