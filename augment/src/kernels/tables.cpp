#include "tables.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "doppel/base/simd_targets.h"
#include "vbmi.h"
#include "wide_tables.h"

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
  const hn::CappedTag<std::uint8_t, 32> d;
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
#if HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  // Three vectors are whole pixels of 1, 3 and 4 channels. Memory takes no more than 32 bytes at a time.
  const hn::CappedTag<std::uint8_t, 32> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto keep0 = hn::LoadU(d, keep), keep1 = hn::LoadU(d, keep + lanes),
             keep2 = hn::LoadU(d, keep + 2 * lanes), turn0 = hn::LoadU(d, turn),
             turn1 = hn::LoadU(d, turn + lanes), turn2 = hn::LoadU(d, turn + 2 * lanes);
  const auto three = [&](const std::uint8_t* from, std::uint8_t* to) HWY_ATTR {
    const auto a = hn::LoadU(d, from), b = hn::LoadU(d, from + lanes), c = hn::LoadU(d, from + 2 * lanes);
    hn::StoreU(hn::Xor(hn::And(a, keep0), turn0), d, to);
    hn::StoreU(hn::Xor(hn::And(b, keep1), turn1), d, to + lanes);
    hn::StoreU(hn::Xor(hn::And(c, keep2), turn2), d, to + 2 * lanes);
  };
  for (; i + 6 * lanes <= count; i += 6 * lanes) {
    three(in + i, out + i);
    three(in + i + 3 * lanes, out + i + 3 * lanes);
  }
  if (i + 3 * lanes <= count) {
    three(in + i, out + i);
    i += 3 * lanes;
  }
#endif
  for (; i + kPattern <= count; i += kPattern)
    for (int k = 0; k < kPattern; ++k)
      out[i + k] = static_cast<std::uint8_t>((in[i + k] & keep[k]) ^ turn[k]);
  // `i` is a multiple of three vectors, which all patterns divide.
  for (int k = 0; i < count; ++i, k = k + 1 == kPattern ? 0 : k + 1)
    out[i] = static_cast<std::uint8_t>((in[i] & keep[k]) ^ turn[k]);
}

void Linear(int factor, int offset, int shift, const std::uint8_t* HWY_RESTRICT in, int count,
            std::uint8_t* HWY_RESTRICT out) {
  int i = 0;
#if HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<std::int16_t> d;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto slope = hn::Set(d, static_cast<std::int16_t>(factor)),
             start = hn::Set(d, static_cast<std::int16_t>(offset));
  const auto line = [&](int at) HWY_ATTR {
    const auto v = hn::ShiftLeft<7>(hn::PromoteTo(d, hn::LoadU(d8, in + at)));
    const auto sum = hn::SaturatedAdd(hn::MulFixedPoint15(v, slope), start);
    return hn::DemoteTo(d8, hn::ShiftRightSame(sum, shift));
  };
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    const auto a = line(i), b = line(i + lanes);
    hn::StoreU(a, d8, out + i);
    hn::StoreU(b, d8, out + i + lanes);
  }
#endif
  for (; i < count; ++i) {
    const int sum = ((in[i] * 128 * factor + 16384) >> 15) + offset;
    const int v = (sum < -32768 ? -32768 : sum > 32767 ? 32767 : sum) >> shift;
    out[i] = static_cast<std::uint8_t>(v < 0 ? 0 : v > 255 ? 255 : v);
  }
}

void Fold(std::uint8_t threshold, std::uint8_t add, std::uint8_t flip, const std::uint8_t* HWY_RESTRICT in,
          int count, std::uint8_t* HWY_RESTRICT out) {
  int i = 0;
#if HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<std::uint8_t> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto least = hn::Set(d, threshold), more = hn::Set(d, add), turn = hn::Set(d, flip);
  for (; i + lanes <= count; i += lanes) {
    const auto v = hn::LoadU(d, in + i);
    const auto above = hn::Eq(hn::Max(v, least), v);
    hn::StoreU(hn::IfThenElse(above, hn::Xor(v, turn), hn::SaturatedAdd(v, more)), d, out + i);
  }
#endif
  for (; i < count; ++i) {
    const int v = in[i], sum = v + add;
    out[i] = static_cast<std::uint8_t>(v < threshold ? (sum < 255 ? sum : 255) : v ^ flip);
  }
}

/// Sixteen 16-byte tables: each answers the bytes whose high half is its own. Table t holds the difference to
/// the one before it: a byte takes in all tables up to its own, since an index that is still positive after
/// 16·t keeps its low half, and a negative one gives 0. Bytes below and above 128 count separately.
void Shared(const std::uint8_t* table, const std::uint8_t* HWY_RESTRICT in, int count,
            std::uint8_t* HWY_RESTRICT out) {
#if HWY_TARGET == HWY_AVX3
  if (has_vbmi()) return look_up_wide(reinterpret_cast<const std::uint8_t(*)[256]>(table), 1, in, count, out);
#endif
  int i = 0;
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<std::uint8_t> d;
  const hn::RebindToSigned<decltype(d)> ds;
  const int lanes = static_cast<int>(hn::Lanes(d));
  HWY_ALIGN std::uint8_t steps[256];
  for (int v = 0; v < 256; ++v) steps[v] = table[v] ^ (v % 128 < 16 ? 0 : table[v - 16]);
  const auto sixteen = hn::Set(ds, 16);
  const auto top = hn::Set(d, 0x80);
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    const auto a = hn::LoadU(d, in + i), b = hn::LoadU(d, in + i + lanes);
    auto low_a = hn::BitCast(ds, a), low_b = hn::BitCast(ds, b);
    auto high_a = hn::BitCast(ds, hn::Xor(a, top)), high_b = hn::BitCast(ds, hn::Xor(b, top));
    auto ra = hn::Zero(d), rb = hn::Zero(d);
    for (int t = 0; t < 8; ++t) {
      const auto part = hn::LoadDup128(d, steps + 16 * t), rest = hn::LoadDup128(d, steps + 128 + 16 * t);
      ra = hn::Xor(ra, hn::TableLookupBytesOr0(part, hn::BitCast(d, low_a)));
      rb = hn::Xor(rb, hn::TableLookupBytesOr0(part, hn::BitCast(d, low_b)));
      ra = hn::Xor(ra, hn::TableLookupBytesOr0(rest, hn::BitCast(d, high_a)));
      rb = hn::Xor(rb, hn::TableLookupBytesOr0(rest, hn::BitCast(d, high_b)));
      low_a = hn::SaturatedSub(low_a, sixteen);
      low_b = hn::SaturatedSub(low_b, sixteen);
      high_a = hn::SaturatedSub(high_a, sixteen);
      high_b = hn::SaturatedSub(high_b, sixteen);
    }
    hn::StoreU(ra, d, out + i);
    hn::StoreU(rb, d, out + i + lanes);
  }
#endif
  for (; i < count; ++i) out[i] = table[in[i]];
}

void Each(const std::uint8_t (*tables)[256], int channels, const std::uint8_t* in, int n, std::uint8_t* out) {
#if HWY_TARGET == HWY_AVX3
  if (has_vbmi()) return look_up_wide(tables, channels, in, n * channels, out);
#endif
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
HWY_EXPORT(Fold);
HWY_EXPORT(Shared);
HWY_EXPORT(Each);

bool is_shift(const ByteTable& table, int& shift) {
  // The shift shows at whichever end doesn't saturate.
  shift = table[128] - 128;
  if (std::abs(shift) >= 127) return false;
  const auto at = [&](int v) { return std::clamp(v + shift, 0, 255); };
  if (table[0] != at(0) || table[255] != at(255)) return false;
  int wrong = 0;
  for (int v = 0; v < 256; ++v) wrong |= table[static_cast<std::size_t>(v)] ^ std::clamp(v + shift, 0, 255);
  return wrong == 0;
}

constexpr ByteTable kEveryByte = [] {
  ByteTable bytes{};
  for (std::size_t v = 0; v < 256; ++v) bytes[v] = static_cast<std::uint8_t>(v);
  return bytes;
}();

bool is_mask(const ByteTable& table, std::uint8_t& mask, std::uint8_t& flip) {
  flip = table[0];
  mask = static_cast<std::uint8_t>(table[255] ^ flip);
  const std::uint8_t m = mask, f = flip;
  std::uint8_t wrong = 0;  // bytes throughout: 16 of them fit a baseline vector
  for (std::size_t v = 0; v < 256; ++v)
    wrong = static_cast<std::uint8_t>(wrong | (table[v] ^ ((kEveryByte[v] & m) ^ f)));
  return wrong == 0;
}

bool is_fold(const ByteTable& table, TableForm& form) {
  form.add = table[0];
  form.flip = static_cast<std::uint8_t>(table[255] ^ 255);
  int threshold = 0;
  while (threshold < 256 && table[static_cast<std::size_t>(threshold)] == std::min(255, threshold + form.add))
    ++threshold;
  if (threshold > 255) return false;
  form.threshold = static_cast<std::uint8_t>(threshold);
  int wrong = 0;
  for (int v = threshold; v < 256; ++v) wrong |= table[static_cast<std::size_t>(v)] ^ (v ^ form.flip);
  return wrong == 0;
}

/// A line in 7 bits or less that comes within 1/25 of a level of every value: where it rounds otherwise than
/// the table, the value was as near to the one level as to the other.
bool is_linear(LevelCurve levels, TableForm& form) {
  constexpr float kNear = 0.04F;
  for (float& v : levels) v = std::clamp(v, 0.F, 1.F) * 255;
  std::size_t low = 0, high = 255;
  while (low < 255 && (levels[low] <= 0 || levels[low] >= 255)) ++low;
  while (high > low && (levels[high] <= 0 || levels[high] >= 255)) --high;
  if (high - low < 16) return false;
  const double slope = static_cast<double>(levels[high] - levels[low]) / static_cast<double>(high - low);
  int bits = 7;
  while (bits > 4 && std::abs(std::ldexp(slope, bits + 8)) > 32767) --bits;
  const double one = std::ldexp(1, bits);
  const double start = (static_cast<double>(levels[low]) - slope * static_cast<double>(low)) * one;
  form.factor = static_cast<int>(std::lround(std::ldexp(slope, bits + 8)));
  if (std::abs(form.factor) > 32767 || std::abs(start) > 32000) return false;
  const int whole = static_cast<int>(std::lround(start));
  form.offset = whole + (1 << (bits - 1));
  form.shift = bits;
  float worst = 0;
  for (int v = 0; v < 256; ++v) {
    const int sum = std::min(((v * 128 * form.factor + 16384) >> 15) + whole, 32767);
    const float line = std::clamp(static_cast<float>(sum) / static_cast<float>(one), 0.F, 255.F);
    worst = std::max(worst, std::abs(line - levels[static_cast<std::size_t>(v)]));
  }
  return worst <= kNear;
}

}  // namespace

TableForm form_of(const std::array<ByteTable, 4>& tables, int channels, const LevelCurve* levels) {
  TableForm form;
  const auto n = static_cast<std::size_t>(channels);
  bool shifts = true, masks = true, shared = true, still = true;
  std::array<int, 4> shift{};
  std::array<std::uint8_t, 4> mask{}, flip{};
  for (std::size_t c = 1; c < n; ++c) shared = shared && tables[c] == tables[0];
  for (std::size_t c = 0; c < n; ++c) {
    if (c > 0 && shared) {
      shift[c] = shift[0], mask[c] = mask[0], flip[c] = flip[0];
      continue;
    }
    shifts = shifts && is_shift(tables[c], shift[c]);
    masks = masks && is_mask(tables[c], mask[c], flip[c]);
    still = still && shift[c] == 0;
  }
  using Kind = TableForm::Kind;
  if (shifts || masks) {
    std::array<std::uint8_t, 4> first{}, second{};
    for (std::size_t c = 0; c < n; ++c) {
      first[c] = shifts ? static_cast<std::uint8_t>(std::max(0, shift[c])) : mask[c];
      second[c] = shifts ? static_cast<std::uint8_t>(std::max(0, -shift[c])) : flip[c];
    }
    if (shared) {
      form.first.fill(first[0]);
      form.second.fill(second[0]);
    } else {
      for (std::size_t i = 0, c = 0; i < TableForm::kPattern; ++i, c = c + 1 == n ? 0 : c + 1) {
        form.first[i] = first[c];
        form.second[i] = second[c];
      }
    }
  }
  if (shifts)
    form.kind = still ? Kind::Identity : Kind::Shift;
  else if (masks)
    form.kind = Kind::Mask;
  else if (shared && is_fold(tables[0], form))
    form.kind = Kind::Fold;
  else if (shared && levels && !has_vbmi() && is_linear(*levels, form))
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
      return HWY_DYNAMIC_DISPATCH(Linear)(form.factor, form.offset, form.shift, in, count, out);
    case TableForm::Kind::Fold:
      return HWY_DYNAMIC_DISPATCH(Fold)(form.threshold, form.add, form.flip, in, count, out);
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
