#include "kernels/tables.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/tables.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

constexpr int kPattern = TableForm::kPattern;

void Shift(const std::uint8_t* up, const std::uint8_t* down, const std::uint8_t* HWY_RESTRICT in, int count,
           std::uint8_t* HWY_RESTRICT out) {
  int i = 0;
#if HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<std::uint8_t> d;
  for (; i + kPattern <= count; i += kPattern)
    for (int k = 0; k < kPattern; k += static_cast<int>(hn::Lanes(d))) {
      const auto v = hn::SaturatedAdd(hn::LoadU(d, in + i + k), hn::LoadU(d, up + k));
      hn::StoreU(hn::SaturatedSub(v, hn::LoadU(d, down + k)), d, out + i + k);
    }
#endif
  for (; i + kPattern <= count; i += kPattern)
    for (int k = 0; k < kPattern; ++k) {
      const int v = in[i + k] + up[k] - down[k];
      out[i + k] = static_cast<std::uint8_t>(v < 0 ? 0 : v > 255 ? 255 : v);
    }
  for (int k = 0; i < count; ++i, ++k)
    out[i] = static_cast<std::uint8_t>(std::clamp(in[i] + up[k] - down[k], 0, 255));
}

void Mask(const std::uint8_t* HWY_RESTRICT keep, const std::uint8_t* HWY_RESTRICT turn,
          const std::uint8_t* HWY_RESTRICT in, int count, std::uint8_t* HWY_RESTRICT out) {
  int i = 0;
  for (; i + kPattern <= count; i += kPattern)
    for (int k = 0; k < kPattern; ++k)
      out[i + k] = static_cast<std::uint8_t>((in[i + k] & keep[k]) ^ turn[k]);
  for (int k = 0; i < count; ++i, ++k) out[i] = static_cast<std::uint8_t>((in[i] & keep[k]) ^ turn[k]);
}

void Linear(int factor, int offset, const std::uint8_t* HWY_RESTRICT in, int count,
            std::uint8_t* HWY_RESTRICT out) {
  int i = 0;
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3
  // A 32-bit product costs two instructions' time; that of 16-bit pairs, whose upper halves are 0, one.
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<std::int32_t> d;
  const hn::RepartitionToNarrow<decltype(d)> d16;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto slope = hn::BitCast(d16, hn::Set(d, factor));
  const auto start = hn::Set(d, offset);
  const auto line = [&](int at) {
    auto unused = hn::Zero(d);
    const auto v = hn::BitCast(d16, hn::PromoteTo(d, hn::LoadU(d8, in + at)));
    return hn::ShiftRight<14>(hn::ReorderWidenMulAccumulate(d, v, slope, start, unused));
  };
  if (factor >= -32768 && factor < 32768)
    for (; i + 2 * lanes <= count; i += 2 * lanes) {
      const auto a = line(i), b = line(i + lanes);
      hn::StoreU(hn::DemoteTo(d8, a), d8, out + i);
      hn::StoreU(hn::DemoteTo(d8, b), d8, out + i + lanes);
    }
#endif
  for (; i < count; ++i) {
    const int v = (in[i] * factor + offset) >> 14;
    out[i] = static_cast<std::uint8_t>(v < 0 ? 0 : v > 255 ? 255 : v);
  }
}

/// Sixteen 16-byte tables: each answers the bytes whose high half is its own.
void Shared(const std::uint8_t* table, const std::uint8_t* HWY_RESTRICT in, int count,
            std::uint8_t* HWY_RESTRICT out) {
  int i = 0;
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<std::uint8_t> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto sixteen = hn::Set(d, 16);
  const auto high = hn::Set(d, 0x70);
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    auto a = hn::LoadU(d, in + i), b = hn::LoadU(d, in + i + lanes);
    auto ra = hn::Zero(d), rb = hn::Zero(d);
    for (int t = 0; t < 16; ++t) {
      const auto part = hn::LoadDup128(d, table + 16 * t);
      // Saturation lifts every index beyond this part to 128 and more, where the lookup gives 0.
      ra = hn::Or(ra, hn::TableLookupBytesOr0(part, hn::SaturatedAdd(a, high)));
      rb = hn::Or(rb, hn::TableLookupBytesOr0(part, hn::SaturatedAdd(b, high)));
      a = hn::Sub(a, sixteen);
      b = hn::Sub(b, sixteen);
    }
    hn::StoreU(ra, d, out + i);
    hn::StoreU(rb, d, out + i + lanes);
  }
#endif
  for (; i < count; ++i) out[i] = table[in[i]];
}

void Each(const std::uint8_t (*tables)[256], int channels, const std::uint8_t* in, int n, std::uint8_t* out) {
  if (channels == 3) {
    const std::uint8_t *a = tables[0], *b = tables[1], *c = tables[2];
    for (int x = 0; x < n; ++x, in += 3, out += 3) {
      out[0] = a[in[0]];
      out[1] = b[in[1]];
      out[2] = c[in[2]];
    }
    return;
  }
  for (int x = 0; x < n; ++x, in += channels, out += channels)
    for (int c = 0; c < channels; ++c) out[c] = tables[c][in[c]];
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {

HWY_EXPORT(Shift);
HWY_EXPORT(Mask);
HWY_EXPORT(Linear);
HWY_EXPORT(Shared);
HWY_EXPORT(Each);

bool is_shift(const ByteTable& table, int& shift) {
  // The shift shows at whichever end doesn't saturate.
  shift = table[128] - 128;
  if (std::abs(shift) >= 127) return false;
  for (int v = 0; v < 256; ++v)
    if (table[static_cast<std::size_t>(v)] != std::clamp(v + shift, 0, 255)) return false;
  return true;
}

bool is_mask(const ByteTable& table, std::uint8_t& mask, std::uint8_t& flip) {
  flip = table[0];
  mask = static_cast<std::uint8_t>(table[255] ^ flip);
  for (std::size_t v = 0; v < 256; ++v)
    if (table[v] != ((v & mask) ^ flip)) return false;
  return true;
}

/// A line in 14 bits that comes within 1/50 of a level of every value: where it rounds otherwise than the
/// table, the value was as near to the one level as to the other.
bool is_linear(const LevelCurve& levels, int& factor, int& offset) {
  constexpr float kNear = 0.02F;
  constexpr double kOne = 1 << 14;
  std::size_t low = 0, high = 255;
  while (low < 255 && (levels[low] <= 0 || levels[low] >= 255)) ++low;
  while (high > low && (levels[high] <= 0 || levels[high] >= 255)) --high;
  if (high - low < 16) return false;
  const double slope = static_cast<double>(levels[high] - levels[low]) / static_cast<double>(high - low);
  factor = static_cast<int>(std::lround(slope * kOne));
  if (std::abs(factor) > 32767) return false;
  offset = static_cast<int>(
      std::lround((static_cast<double>(levels[low]) - slope * static_cast<double>(low) + 0.5) * kOne));
  for (int v = 0; v < 256; ++v) {
    const float line = static_cast<float>(v * factor + offset) / static_cast<float>(kOne) - 0.5F;
    if (std::abs(std::clamp(line, 0.F, 255.F) - levels[static_cast<std::size_t>(v)]) > kNear) return false;
  }
  return true;
}

}  // namespace

TableForm form_of(const std::array<ByteTable, 4>& tables, int channels, const LevelCurve* levels) {
  TableForm form;
  const auto n = static_cast<std::size_t>(channels);
  bool shifts = true, masks = true, shared = true, still = true;
  std::array<int, 4> shift{};
  std::array<std::uint8_t, 4> mask{}, flip{};
  for (std::size_t c = 0; c < n; ++c) {
    shifts = shifts && is_shift(tables[c], shift[c]);
    masks = masks && is_mask(tables[c], mask[c], flip[c]);
    shared = shared && tables[c] == tables[0];
    still = still && shift[c] == 0;
  }
  using Kind = TableForm::Kind;
  if (shifts || masks)
    for (std::size_t i = 0; i < TableForm::kPattern; ++i) {
      form.first[i] = shifts ? static_cast<std::uint8_t>(std::max(0, shift[i % n])) : mask[i % n];
      form.second[i] = shifts ? static_cast<std::uint8_t>(std::max(0, -shift[i % n])) : flip[i % n];
    }
  if (shifts)
    form.kind = still ? Kind::Identity : Kind::Shift;
  else if (masks)
    form.kind = Kind::Mask;
  else if (shared && levels && is_linear(*levels, form.factor, form.offset))
    form.kind = Kind::Linear;
  else
    form.kind = shared ? Kind::Shared : Kind::Each;
  return form;
}

void apply_tables(const TableForm& form, const std::array<ByteTable, 4>& tables, int channels,
                  const std::uint8_t* in, int n, std::uint8_t* out) {
  const int count = n * channels;
  switch (form.kind) {
    case TableForm::Kind::Identity:
      if (in != out) std::memcpy(out, in, static_cast<std::size_t>(count));
      return;
    case TableForm::Kind::Shift:
      return HWY_DYNAMIC_DISPATCH(Shift)(form.first.data(), form.second.data(), in, count, out);
    case TableForm::Kind::Mask:
      return HWY_DYNAMIC_DISPATCH(Mask)(form.first.data(), form.second.data(), in, count, out);
    case TableForm::Kind::Linear:
      return HWY_DYNAMIC_DISPATCH(Linear)(form.factor, form.offset, in, count, out);
    case TableForm::Kind::Shared:
      return HWY_DYNAMIC_DISPATCH(Shared)(tables[0].data(), in, count, out);
    case TableForm::Kind::Each: {
      const auto* first = reinterpret_cast<const std::uint8_t(*)[256]>(tables.data());
      return HWY_DYNAMIC_DISPATCH(Each)(first, channels, in, n, out);
    }
  }
}

}  // namespace doppel::augment
#endif
