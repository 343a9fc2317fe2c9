#include "rows.h"

#include <algorithm>
#include <bit>

#include "doppel/base/simd_targets.h"
#include "vbmi.h"
#include "wide_pixels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/rows.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

constexpr int kBlock = 16;  ///< pixels that are de-interleaved at once

/// Added to a small number, it leaves the nearest integer in the lowest bits.
constexpr float kToInteger = 0x1p23F;

HWY_INLINE std::uint8_t ToByte(float v) {
  const float x = v > 0 ? v : 0;
  return static_cast<std::uint8_t>(std::bit_cast<std::uint32_t>((x < 1 ? x : 1.F) * 255.F + kToInteger));
}

#if HWY_TARGET == HWY_SCALAR
HWY_INLINE void WidenBlock(const std::uint8_t* bytes, float scale, float offset, float* out) {
  for (int i = 0; i < kBlock; ++i) out[i] = static_cast<float>(bytes[i]) * scale + offset;
}
template <int C>
HWY_INLINE void SplitBlock(const std::uint8_t* pixels, std::uint8_t (*planes)[kBlock]) {
  for (int i = 0; i < kBlock; ++i)
    for (int c = 0; c < C; ++c) planes[c][i] = pixels[i * C + c];
}
template <int C>
HWY_INLINE void StoreBlock(const float* const* planes, int x, const std::uint8_t* alpha,
                           std::uint8_t* pixels) {
  for (int i = 0; i < kBlock; ++i)
    for (int c = 0; c < C; ++c) pixels[i * C + c] = c < 3 ? ToByte(planes[c][x + i]) : alpha[i];
}
#else
namespace hn = hwy::HWY_NAMESPACE;
using Block = hn::FixedTag<std::uint8_t, kBlock>;
using Floats = hn::CappedTag<float, kBlock>;

/// One block's plane of bytes, as shares: out[i] = scale · byte + offset.
HWY_INLINE void WidenBlock(const std::uint8_t* bytes, float scale, float offset, float* out) {
  const Floats df;
  const hn::Rebind<std::uint8_t, Floats> d8;
  const hn::Rebind<std::int32_t, Floats> d32;
  const auto s = hn::Set(df, scale), o = hn::Set(df, offset);
  for (std::size_t i = 0; i < kBlock; i += hn::Lanes(df)) {
    const auto v = hn::ConvertTo(df, hn::PromoteTo(d32, hn::LoadU(d8, bytes + i)));
    hn::StoreU(hn::Add(hn::Mul(v, s), o), df, out + i);
  }
}

/// 16 shares as bytes.
template <class DF = Floats>
HWY_INLINE hn::Vec<Block> Narrow(const float* v) {
  const DF df;
  const hn::Rebind<std::uint8_t, DF> d8;
  const hn::Rebind<std::uint32_t, DF> d32;
  const auto full = hn::Set(df, 255.F), to_integer = hn::Set(df, kToInteger), zero = hn::Zero(df),
             one = hn::Set(df, 1.F);
  const auto part = [&](std::size_t i) HWY_ATTR {
    const auto x = hn::Min(hn::Max(hn::LoadU(df, v + i), zero), one);
    return hn::TruncateTo(d8, hn::BitCast(d32, hn::Add(hn::Mul(x, full), to_integer)));
  };
  // In registers: a load of what two stores wrote would wait for both.
  constexpr std::size_t kLanes = hn::MaxLanes(DF());
  const Block d;
  if constexpr (kLanes == 16) {
    return part(0);
  } else if constexpr (kLanes == 8) {
    return hn::Combine(d, part(8), part(0));
  } else {
    const hn::Half<Block> h;
    return hn::Combine(d, hn::Combine(h, part(12), part(8)), hn::Combine(h, part(4), part(0)));
  }
}

template <int C>
HWY_INLINE void SplitBlock(const std::uint8_t* pixels, std::uint8_t (*planes)[kBlock]) {
  const Block d;
  hn::Vec<Block> v0, v1, v2, v3;
  if constexpr (C == 1) {
    v0 = hn::LoadU(d, pixels);
  } else if constexpr (C == 3) {
    hn::LoadInterleaved3(d, pixels, v0, v1, v2);
  } else {
    hn::LoadInterleaved4(d, pixels, v0, v1, v2, v3);
    hn::Store(v3, d, planes[3]);
  }
  hn::Store(v0, d, planes[0]);
  if constexpr (C >= 3) {
    hn::Store(v1, d, planes[1]);
    hn::Store(v2, d, planes[2]);
  }
}

/// Writes 16 pixels at place x; `alpha`: a fourth plane of 16 bytes.
template <int C>
HWY_INLINE void StoreBlock(const float* const* planes, int x, const std::uint8_t* alpha,
                           std::uint8_t* pixels) {
  const Block d;
  const auto v0 = Narrow(planes[0] + x);
  if constexpr (C == 1) {
    hn::StoreU(v0, d, pixels);
  } else {
    const auto v1 = Narrow(planes[1] + x), v2 = Narrow(planes[2] + x);
    if constexpr (C == 3)
      hn::StoreInterleaved3(v0, v1, v2, d, pixels);
    else
      hn::StoreInterleaved4(v0, v1, v2, hn::Load(d, alpha), d, pixels);
  }
}
#endif

template <int C>
void Widen(const std::uint8_t* pixels, int n, const float* scale, const float* offset, float* const* out,
           int planes) {
  HWY_ALIGN std::uint8_t bytes[4][kBlock];
  int x = 0;
#if HWY_TARGET == HWY_AVX3
  if (C == 3 && has_vbmi()) x = split_wide(pixels, n, scale, offset, out);
#endif
  for (; x + kBlock <= n; x += kBlock) {
    SplitBlock<C>(pixels + x * C, bytes);
    for (int c = 0; c < planes; ++c) WidenBlock(bytes[c], scale[c], offset[c], out[c] + x);
  }
  for (; x < n; ++x)
    for (int c = 0; c < planes; ++c) out[c][x] = static_cast<float>(pixels[x * C + c]) * scale[c] + offset[c];
}

void LoadBytes(const std::uint8_t* pixels, int channels, int n, float* const* planes) {
  constexpr float scale[3] = {1 / 255.F, 1 / 255.F, 1 / 255.F}, offset[3] = {};
  if (channels == 1) return Widen<1>(pixels, n, scale, offset, planes, 1);
  if (channels == 3) return Widen<3>(pixels, n, scale, offset, planes, 3);
  return Widen<4>(pixels, n, scale, offset, planes, 3);
}

void BytesToPlanes(const std::uint8_t* pixels, int channels, int n, const float* scale, const float* offset,
                   float* const* out) {
  if (channels == 1) return Widen<1>(pixels, n, scale, offset, out, 1);
  if (channels == 3) return Widen<3>(pixels, n, scale, offset, out, 3);
  return Widen<4>(pixels, n, scale, offset, out, 4);
}

template <int C>
HWY_INLINE void Store(const float* const* planes, const std::uint8_t* alpha, int n, std::uint8_t* out) {
  HWY_ALIGN std::uint8_t alphas[kBlock];
  constexpr int kColors = C < 3 ? 1 : 3;
  int x = 0;
#if HWY_TARGET == HWY_AVX3
  if (C == 3 && has_vbmi()) x = join_wide(planes, n, out);
#endif
  for (; x + kBlock <= n; x += kBlock) {
    if constexpr (C == 4)
      for (int i = 0; i < kBlock; ++i) alphas[i] = alpha[(x + i) * 4];
    StoreBlock<C>(planes, x, alphas, out + x * C);
  }
  for (; x < n; ++x) {
    for (int c = 0; c < kColors; ++c) out[x * C + c] = ToByte(planes[c][x]);
    if constexpr (C == 4) out[x * 4 + 3] = alpha[x * 4];
  }
}

void StoreBytes(const float* const* planes, const std::uint8_t* alpha, int channels, int n,
                std::uint8_t* out) {
  if (channels == 1) return Store<1>(planes, alpha, n, out);
  if (channels == 3) return Store<3>(planes, alpha, n, out);
  Store<4>(planes, alpha, n, out);
}

void StorePlaneBytes(const float* v, int n, std::uint8_t* out) {
  int x = 0;
  for (; x + kBlock <= n; x += kBlock) StoreBlock<1>(&v, x, nullptr, out + x);
  for (; x < n; ++x) out[x] = ToByte(v[x]);
}

void StorePlaneFloats(const float* v, int n, float scale, float offset, float* out, int step) {
  if (step == 1) {
    for (int x = 0; x < n; ++x) out[x] = v[x] * scale + offset;
  } else {
    for (int x = 0; x < n; ++x) out[x * step] = v[x] * scale + offset;
  }
}

void StorePlanePastCaches(const float* v, int n, float scale, float offset, float* out) {
  int x = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<float> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const std::size_t bytes = static_cast<std::size_t>(lanes) * sizeof(float);
  for (; x < n && reinterpret_cast<std::uintptr_t>(out + x) % bytes != 0; ++x) out[x] = v[x] * scale + offset;
  const auto by = hn::Set(d, scale), plus = hn::Set(d, offset);
  for (; x + lanes <= n; x += lanes) hn::Stream(hn::Add(hn::Mul(hn::LoadU(d, v + x), by), plus), d, out + x);
#endif
  for (; x < n; ++x) out[x] = v[x] * scale + offset;
}

HWY_INLINE std::uint16_t ToBf16(float v) {
  const auto bits = std::bit_cast<std::uint32_t>(v);
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

void StorePlaneBf16(const float* HWY_RESTRICT v, int n, float scale, float offset,
                    std::uint16_t* HWY_RESTRICT out, int step) {
  if (step == 1) {
    for (int x = 0; x < n; ++x) out[x] = ToBf16(v[x] * scale + offset);
  } else {
    for (int x = 0; x < n; ++x) out[x * step] = ToBf16(v[x] * scale + offset);
  }
}

void LoadFloats(const float* pixels, int channels, int n, float* const* planes) {
  if (channels == 1) {
    for (int x = 0; x < n; ++x) planes[0][x] = pixels[x];
    return;
  }
  for (int x = 0; x < n; ++x)
    for (int c = 0; c < 3; ++c) planes[c][x] = pixels[x * channels + c];
}

void LoadShorts(const std::uint16_t* pixels, int channels, int n, float* const* planes) {
  constexpr float scale = 1 / 65535.F;
  if (channels == 1) {
    for (int x = 0; x < n; ++x) planes[0][x] = static_cast<float>(pixels[x]) * scale;
    return;
  }
  int x = 0;
#if HWY_TARGET != HWY_SCALAR
  if (channels == 3) {
    const hn::CappedTag<std::uint16_t, 16> d;
    const hn::Half<decltype(d)> half;
    const hn::Rebind<float, decltype(half)> df;
    const hn::RebindToSigned<decltype(df)> di;
    const int lanes = static_cast<int>(hn::Lanes(d)), part = lanes / 2;
    const auto share = hn::Set(df, scale);
    const auto widen = [&](auto v, float* out) HWY_ATTR {
      hn::StoreU(hn::Mul(hn::ConvertTo(df, hn::PromoteTo(di, hn::LowerHalf(half, v))), share), df, out);
      hn::StoreU(hn::Mul(hn::ConvertTo(df, hn::PromoteTo(di, hn::UpperHalf(half, v))), share), df,
                 out + part);
    };
    for (; x + lanes <= n; x += lanes) {
      hn::Vec<decltype(d)> a, b, c;
      hn::LoadInterleaved3(d, pixels + x * 3, a, b, c);
      widen(a, planes[0] + x);
      widen(b, planes[1] + x);
      widen(c, planes[2] + x);
    }
  }
#endif
  for (; x < n; ++x)
    for (int c = 0; c < 3; ++c) planes[c][x] = static_cast<float>(pixels[x * channels + c]) * scale;
}

template <class T>
HWY_INLINE void LoadStrided(const T* HWY_RESTRICT pixels, int channels, int n, float scale,
                            float* HWY_RESTRICT out) {
  for (int x = 0; x < n; ++x) out[x] = static_cast<float>(pixels[x * channels]) * scale;
}

void LoadBand(const void* pixels, NumberKind kind, int channels, int channel, int n, float* out) {
  if (kind == NumberKind::U8)
    LoadStrided(static_cast<const std::uint8_t*>(pixels) + channel, channels, n, 1 / 255.F, out);
  else if (kind == NumberKind::U16)
    LoadStrided(static_cast<const std::uint16_t*>(pixels) + channel, channels, n, 1 / 65535.F, out);
  else
    LoadStrided(static_cast<const float*>(pixels) + channel, channels, n, 1, out);
}

HWY_INLINE std::uint16_t ToShort(float v) {
  const float x = v > 0 ? v : 0;
  return static_cast<std::uint16_t>(static_cast<std::int32_t>((x < 1 ? x : 1.F) * 65535.F + 0.5F));
}

void StoreShortColors(const float* const* planes, int n, std::uint16_t* out) {
  int x = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::CappedTag<float, 16> df;
  const hn::Rebind<std::uint16_t, decltype(df)> d;
  const hn::RebindToSigned<decltype(df)> di;
  const int lanes = static_cast<int>(hn::Lanes(df));
  const auto most = hn::Set(df, 65535.F), half = hn::Set(df, 0.5F), one = hn::Set(df, 1.F);
  const auto narrow = [&](const float* v) HWY_ATTR {
    const auto in = hn::Min(hn::Max(hn::LoadU(df, v), hn::Zero(df)), one);
    return hn::DemoteTo(d, hn::ConvertTo(di, hn::Add(hn::Mul(in, most), half)));
  };
  for (; x + lanes <= n; x += lanes)
    hn::StoreInterleaved3(narrow(planes[0] + x), narrow(planes[1] + x), narrow(planes[2] + x), d,
                          out + 3 * x);
#endif
  for (; x < n; ++x)
    for (int c = 0; c < 3; ++c) out[3 * x + c] = ToShort(planes[c][x]);
}

void StorePlaneShorts(const float* HWY_RESTRICT v, int n, std::uint16_t* HWY_RESTRICT out, int step) {
  if (step == 1)
    for (int x = 0; x < n; ++x) out[x] = ToShort(v[x]);
  else
    for (int x = 0; x < n; ++x) out[x * step] = ToShort(v[x]);
}

void StoreStridedBytes(const float* HWY_RESTRICT v, int n, std::uint8_t* HWY_RESTRICT out, int step) {
  for (int x = 0; x < n; ++x) out[x * step] = ToByte(v[x]);
}

/// Integer arithmetic alone, so that all processors agree.
HWY_INLINE std::uint16_t ToF16(float v) {
  const auto bits = std::bit_cast<std::uint32_t>(v), size = bits & 0x7fffffff, sign = bits >> 16 & 0x8000;
  // Below 2^-14 halves are multiples of 2^-24, to which adding 1/2 rounds.
  const std::uint32_t small = std::bit_cast<std::uint32_t>(std::bit_cast<float>(size) + 0.5F) - 0x3f000000,
                      usual = (size + 0xfff + (size >> 13 & 1) - 0x38000000) >> 13,
                      large = size > 0x7f800000 ? 0x7e00 : 0x7c00;
  const std::uint32_t half = size < 0x38800000 ? small : size < 0x47800000 ? usual : large;
  return static_cast<std::uint16_t>(sign | half);
}

void StorePlaneF16(const float* HWY_RESTRICT v, int n, float scale, float offset,
                   std::uint16_t* HWY_RESTRICT out, int step) {
  for (int x = 0; x < n; ++x) out[x * step] = ToF16(v[x] * scale + offset);
}

/// Of `count` numbers, by halves; the last eight in doubles.
HWY_INLINE double SumOfSums(float* sums, int count) {
  for (int half = count / 2; half > 4; half /= 2)
    for (int i = 0; i < half; ++i) sums[i] += sums[i + half];
  double wide[8];
  for (int i = 0; i < 8; ++i) wide[i] = static_cast<double>(sums[i]);
  for (int half = 4; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) wide[i] += wide[i + half];
  return wide[0];
}

double SumOf(const float* v, int n) {
  constexpr int kSums = 64;  // several vectors: one would wait for its own sum
  HWY_ALIGN float sums[kSums] = {};
  int x = 0;
#if HWY_TARGET == HWY_SCALAR
  for (; x + kSums <= n; x += kSums)
    for (int k = 0; k < kSums; ++k) sums[k] += v[x + k];
#else
  const hn::CappedTag<float, 16> d;
  constexpr int kLanes = static_cast<int>(hn::MaxLanes(hn::CappedTag<float, 16>())),
                kVectors = kSums / kLanes;
  if (n >= kSums) {
    hn::Vec<decltype(d)> part[kVectors];
    for (int k = 0; k < kVectors; ++k) part[k] = hn::LoadU(d, v + k * kLanes);
    for (x = kSums; x + kSums <= n; x += kSums)
      for (int k = 0; k < kVectors; ++k) part[k] = hn::Add(part[k], hn::LoadU(d, v + x + k * kLanes));
    for (int k = 0; x + kLanes <= n; x += kLanes, ++k) part[k] = hn::Add(part[k], hn::LoadU(d, v + x));
    if (x == n) {  // what follows, in registers
      for (int half = kVectors / 2; half > 0 && half * kLanes >= 8; half /= 2)
        for (int k = 0; k < half; ++k) part[k] = hn::Add(part[k], part[k + half]);
      for (int k = 0; k * kLanes < 8; ++k) hn::Store(part[k], d, sums + k * kLanes);
      return SumOfSums(sums, std::max(8, kLanes));
    }
    for (int k = 0; k < kVectors; ++k) hn::Store(part[k], d, sums + k * kLanes);
  }
#endif
  for (; x < n; ++x) sums[x % kSums] += v[x];
  return SumOfSums(sums, kSums);
}

template <int C>
void SumBytes(const std::uint8_t* pixels, int n, std::uint64_t* sums) {
  const int count = n * C;
  int i = 0;
#if HWY_TARGET != HWY_SCALAR
  // Each place of three vectors belongs to one channel; 16-bit sums of every second byte hold 257 of them.
  namespace hn = hwy::HWY_NAMESPACE;
  constexpr int kVectors = 3, kRounds = 256;
  const hn::ScalableTag<std::uint16_t> d;
  const hn::Repartition<std::uint8_t, decltype(d)> d8;
  const int lanes = static_cast<int>(hn::Lanes(d)), places = 2 * lanes * kVectors;
  const auto low = hn::Set(d, 0xff);
  while (i + places <= count) {
    auto a0 = hn::Zero(d), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0;
    for (int round = 0; round < kRounds && i + places <= count; ++round, i += places) {
      const auto a = hn::BitCast(d, hn::LoadU(d8, pixels + i)),
                 b = hn::BitCast(d, hn::LoadU(d8, pixels + i + 2 * lanes)),
                 c = hn::BitCast(d, hn::LoadU(d8, pixels + i + 4 * lanes));
      a0 = hn::Add(a0, hn::And(a, low));
      a1 = hn::Add(a1, hn::ShiftRight<8>(a));
      b0 = hn::Add(b0, hn::And(b, low));
      b1 = hn::Add(b1, hn::ShiftRight<8>(b));
      c0 = hn::Add(c0, hn::And(c, low));
      c1 = hn::Add(c1, hn::ShiftRight<8>(c));
    }
    HWY_ALIGN std::uint16_t part[2 * kVectors][HWY_LANES(std::uint16_t)];
    hn::Store(a0, d, part[0]);
    hn::Store(a1, d, part[1]);
    hn::Store(b0, d, part[2]);
    hn::Store(b1, d, part[3]);
    hn::Store(c0, d, part[4]);
    hn::Store(c1, d, part[5]);
    for (int v = 0; v < 2 * kVectors; ++v)
      for (int k = 0; k < lanes; ++k) sums[(v / 2 * 2 * lanes + 2 * k + v % 2) % C] += part[v][k];
  }
#endif
  for (; i < count; ++i) sums[i % C] += pixels[i];
}

void SumsOfBytes(const std::uint8_t* pixels, int channels, int n, std::uint64_t* sums) {
  if (channels == 1) return SumBytes<1>(pixels, n, sums);
  if (channels == 3) return SumBytes<3>(pixels, n, sums);
  return SumBytes<4>(pixels, n, sums);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {

HWY_EXPORT(LoadBytes);
HWY_EXPORT(LoadShorts);
HWY_EXPORT(LoadBand);
HWY_EXPORT(LoadFloats);
HWY_EXPORT(StoreBytes);
HWY_EXPORT(StorePlaneBytes);
HWY_EXPORT(StoreStridedBytes);
HWY_EXPORT(StoreShortColors);
HWY_EXPORT(StorePlaneShorts);
HWY_EXPORT(StorePlaneFloats);
HWY_EXPORT(StorePlanePastCaches);
HWY_EXPORT(StorePlaneBf16);
HWY_EXPORT(StorePlaneF16);
HWY_EXPORT(BytesToPlanes);
HWY_EXPORT(SumOf);
HWY_EXPORT(SumsOfBytes);

void load_bytes(const std::uint8_t* pixels, int channels, int n, const std::array<float*, 3>& planes) {
  HWY_DYNAMIC_DISPATCH(LoadBytes)(pixels, channels, n, planes.data());
}
void load_floats(const float* pixels, int channels, int n, const std::array<float*, 3>& planes) {
  HWY_DYNAMIC_DISPATCH(LoadFloats)(pixels, channels, n, planes.data());
}
void load_shorts(const std::uint16_t* pixels, int channels, int n, const std::array<float*, 3>& planes) {
  HWY_DYNAMIC_DISPATCH(LoadShorts)(pixels, channels, n, planes.data());
}
void load_band(const void* pixels, NumberKind kind, int channels, int channel, int n, float* out) {
  HWY_DYNAMIC_DISPATCH(LoadBand)(pixels, kind, channels, channel, n, out);
}
void store_bytes(const std::array<float*, 3>& planes, const std::uint8_t* alpha, int channels, int n,
                 std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(StoreBytes)(planes.data(), alpha, channels, n, out);
}
void store_plane_bytes(const float* v, int n, std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(StorePlaneBytes)(v, n, out);
}
void store_plane_bytes(const float* v, int n, std::uint8_t* out, int step) {
  HWY_DYNAMIC_DISPATCH(StoreStridedBytes)(v, n, out, step);
}
void store_short_colors(const std::array<float*, 3>& planes, int n, std::uint16_t* out) {
  HWY_DYNAMIC_DISPATCH(StoreShortColors)(planes.data(), n, out);
}
void store_plane_shorts(const float* v, int n, std::uint16_t* out, int step) {
  HWY_DYNAMIC_DISPATCH(StorePlaneShorts)(v, n, out, step);
}
void store_plane_floats(const float* v, int n, float scale, float offset, float* out, int step) {
  HWY_DYNAMIC_DISPATCH(StorePlaneFloats)(v, n, scale, offset, out, step);
}
void store_plane_past_caches(const float* v, int n, float scale, float offset, float* out) {
  HWY_DYNAMIC_DISPATCH(StorePlanePastCaches)(v, n, scale, offset, out);
}
void store_plane_bf16(const float* v, int n, float scale, float offset, std::uint16_t* out, int step) {
  HWY_DYNAMIC_DISPATCH(StorePlaneBf16)(v, n, scale, offset, out, step);
}
void store_plane_f16(const float* v, int n, float scale, float offset, std::uint16_t* out, int step) {
  HWY_DYNAMIC_DISPATCH(StorePlaneF16)(v, n, scale, offset, out, step);
}
void bytes_to_planes(const std::uint8_t* pixels, int channels, int n, const std::array<float, 4>& scale,
                     const std::array<float, 4>& offset, const std::array<float*, 4>& out) {
  HWY_DYNAMIC_DISPATCH(BytesToPlanes)(pixels, channels, n, scale.data(), offset.data(), out.data());
}
double sum_of(const float* v, int n) { return HWY_DYNAMIC_DISPATCH(SumOf)(v, n); }
std::array<std::uint64_t, 4> sums_of_bytes(const std::uint8_t* pixels, int channels, int n) {
  std::array<std::uint64_t, 4> sums{};
  HWY_DYNAMIC_DISPATCH(SumsOfBytes)(pixels, channels, n, sums.data());
  return sums;
}

}  // namespace doppel::augment
#endif
