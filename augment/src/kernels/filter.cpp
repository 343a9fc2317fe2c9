#include "filter.h"

#include <algorithm>

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/filter.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "pack-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// What MulFixedPoint15 does, for one number.
HWY_INLINE int Product(int a, int b) { return (a * b + 16384) >> 15; }

#if HWY_TARGET != HWY_SCALAR
using Words = hn::ScalableTag<std::int16_t>;
using Bytes = hn::Rebind<std::uint8_t, Words>;

HWY_INLINE hn::Vec<Words> Load(const std::uint8_t* p) {
  return hn::PromoteTo(Words(), hn::LoadU(Bytes(), p));
}

using Block = hn::Repartition<std::uint8_t, Words>;

/// A block of bytes less 128, times 256: the lower halves of its 16-byte parts, and the upper ones.
struct Halves {
  HWY_INLINE explicit Halves(const std::uint8_t* p) {
    const Block d8;
    const auto bytes = hn::Xor(hn::LoadU(d8, p), hn::Set(d8, 0x80)), zero = hn::Zero(d8);
    low = hn::BitCast(Words(), hn::InterleaveLower(d8, zero, bytes));
    high = hn::BitCast(Words(), hn::InterleaveUpper(d8, zero, bytes));
  }
  hn::Vec<Words> low, high;
};

/// Sums of a block; `low` and `high` as above.
struct Sums {
  HWY_INLINE Sums() : low(hn::Zero(Words())), high(hn::Zero(Words())) {}
  HWY_INLINE void Add(const Halves& bytes, hn::Vec<Words> weight) {
    low = hn::Add(low, hn::MulHigh(bytes.low, weight));
    high = hn::Add(high, hn::MulHigh(bytes.high, weight));
  }
  HWY_INLINE void Store(hn::Vec<Words> start, int fraction, std::uint8_t* out) const {
    const auto word = [&](hn::Vec<Words> sum)
                          HWY_ATTR { return hn::ShiftRightSame(hn::SaturatedAdd(sum, start), fraction); };
    hn::StoreU(PackHalves(word(low), word(high)), Block(), out);
  }
  hn::Vec<Words> low, high;
};

constexpr int kBlocks = 2;  ///< at a time

HWY_INLINE void FilterBlocks(const std::uint8_t* from, const RowPair& pair, std::uint8_t* out,
                             std::uint8_t* below) {
  const Words d;
  const auto lanes = hn::Lanes(Block());
  Sums upper[kBlocks], lower[kBlocks];
  for (const FilterTap& tap : pair.upper)
    for (std::size_t k = 0; k < kBlocks; ++k)
      upper[k].Add(Halves(from + tap.place + k * lanes), hn::Set(d, tap.weight));
  for (const PairTap& tap : pair.both)
    for (std::size_t k = 0; k < kBlocks; ++k) {
      const Halves bytes(from + tap.place + k * lanes);
      upper[k].Add(bytes, hn::Set(d, tap.upper));
      lower[k].Add(bytes, hn::Set(d, tap.lower));
    }
  for (const FilterTap& tap : pair.lower)
    for (std::size_t k = 0; k < kBlocks; ++k)
      lower[k].Add(Halves(from + tap.place + k * lanes), hn::Set(d, tap.weight));
  const auto start = hn::Set(d, static_cast<std::int16_t>(pair.start));
  for (std::size_t k = 0; k < kBlocks; ++k) {
    upper[k].Store(start, pair.fraction, out + k * lanes);
    lower[k].Store(start, pair.fraction, below + k * lanes);
  }
}

void FilterTwoRows(const std::uint8_t* HWY_RESTRICT canvas, const RowPair& pair, int n,
                   std::uint8_t* HWY_RESTRICT out, std::uint8_t* HWY_RESTRICT below) {
  const int step = kBlocks * static_cast<int>(hn::Lanes(Block()));
  if (n < step) {
    HWY_ALIGN std::uint8_t rows[2][kFilterPadding];
    FilterBlocks(canvas, pair, rows[0], rows[1]);
    std::copy_n(rows[0], n, out);
    std::copy_n(rows[1], n, below);
    return;
  }
  // The last blocks end where the row does.
  for (int i = 0; i < n; i += step) {
    i = std::min(i, n - step);
    FilterBlocks(canvas + i, pair, out + i, below + i);
  }
}
#else
void FilterTwoRows(const std::uint8_t* canvas, const RowPair& pair, int n, std::uint8_t* out,
                   std::uint8_t* below) {
  const auto byte = [&](int sum) {
    return static_cast<std::uint8_t>(std::clamp(std::min(sum + pair.start, 32767) >> pair.fraction, 0, 255));
  };
  for (int i = 0; i < n; ++i) {
    int upper = 0, lower = 0;
    const auto product = [&](std::ptrdiff_t place, int weight) {
      return ((canvas[i + place] - 128) * 256 * weight) >> 16;
    };
    for (const FilterTap& tap : pair.upper) upper += product(tap.place, tap.weight);
    for (const FilterTap& tap : pair.lower) lower += product(tap.place, tap.weight);
    for (const PairTap& tap : pair.both) {
      upper += product(tap.place, tap.upper);
      lower += product(tap.place, tap.lower);
    }
    out[i] = byte(upper);
    below[i] = byte(lower);
  }
}
#endif

void Across(const std::uint8_t* HWY_RESTRICT bytes, int step, const std::int16_t* weights, int count, int n,
            std::int16_t* HWY_RESTRICT out) {
#if HWY_TARGET != HWY_SCALAR
  const Words d;
  const int lanes = static_cast<int>(hn::Lanes(d)), block = 2 * lanes;
  for (int i = 0; n >= block && i < n; i += block) {
    i = std::min(i, n - block);
    const std::uint8_t* at = bytes + i;
    const auto product = [&](auto sum, int j) HWY_ATTR {
      return hn::MulFixedPoint15(hn::ShiftLeft<kBetween>(sum), hn::Set(d, weights[j]));
    };
    auto a = product(Load(at), 0), b = product(Load(at + lanes), 0);
    for (int j = 1; j < count; ++j) {
      const std::uint8_t *left = at - j * step, *right = at + j * step;
      a = hn::Add(a, product(hn::Add(Load(left), Load(right)), j));
      b = hn::Add(b, product(hn::Add(Load(left + lanes), Load(right + lanes)), j));
    }
    hn::StoreU(a, d, out + i);
    hn::StoreU(b, d, out + i + lanes);
  }
  if (n >= block) return;
#endif
  for (int i = 0; i < n; ++i) {
    int sum = Product(bytes[i] << kBetween, weights[0]);
    for (int j = 1; j < count; ++j)
      sum += Product((bytes[i - j * step] + bytes[i + j * step]) << kBetween, weights[j]);
    out[i] = static_cast<std::int16_t>(sum);
  }
}

void Down(const std::int16_t* const* rows, const std::int16_t* weights, int count, int n,
          std::uint8_t* HWY_RESTRICT out) {
  constexpr int kHalf = 1 << (kBetween - 1);
  const int reach = count - 1;
#if HWY_TARGET != HWY_SCALAR
  const Words d;
  const Bytes d8;
  const int lanes = static_cast<int>(hn::Lanes(d)), block = 2 * lanes;
  for (int i = 0; n >= block && i < n; i += block) {
    i = std::min(i, n - block);
    const auto of = [&](int row, int v) HWY_ATTR { return hn::LoadU(d, rows[row] + i + v * lanes); };
    const auto centre = hn::Set(d, weights[0]), half = hn::Set(d, kHalf);
    auto a = hn::Add(half, hn::MulFixedPoint15(of(reach, 0), centre)),
         b = hn::Add(half, hn::MulFixedPoint15(of(reach, 1), centre));
    for (int j = 1; j < count; ++j) {
      const auto w = hn::Set(d, weights[j]);
      a = hn::Add(a, hn::MulFixedPoint15(hn::Add(of(reach - j, 0), of(reach + j, 0)), w));
      b = hn::Add(b, hn::MulFixedPoint15(hn::Add(of(reach - j, 1), of(reach + j, 1)), w));
    }
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRight<kBetween>(a)), d8, out + i);
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRight<kBetween>(b)), d8, out + i + lanes);
  }
  if (n >= block) return;
#endif
  for (int i = 0; i < n; ++i) {
    int sum = kHalf + Product(rows[reach][i], weights[0]);
    for (int j = 1; j < count; ++j) sum += Product(rows[reach - j][i] + rows[reach + j][i], weights[j]);
    out[i] = static_cast<std::uint8_t>(std::clamp(sum >> kBetween, 0, 255));
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {
HWY_EXPORT(FilterTwoRows);
HWY_EXPORT(Across);
HWY_EXPORT(Down);
}  // namespace

int filter_start(int sum_of_weights, int taps, int fraction) {
  return (sum_of_weights + taps) / 2 + (1 << (fraction - 1));
}

void filter_two_rows(const std::uint8_t* canvas, const RowPair& pair, int n, std::uint8_t* out,
                     std::uint8_t* below) {
  HWY_DYNAMIC_DISPATCH(FilterTwoRows)(canvas, pair, n, out, below);
}

void symmetric_across(const std::uint8_t* bytes, int step, std::span<const std::int16_t> weights, int n,
                      std::int16_t* out) {
  HWY_DYNAMIC_DISPATCH(Across)(bytes, step, weights.data(), static_cast<int>(weights.size()), n, out);
}

void symmetric_down(const std::int16_t* const* rows, std::span<const std::int16_t> weights, int n,
                    std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(Down)(rows, weights.data(), static_cast<int>(weights.size()), n, out);
}

}  // namespace doppel::augment
#endif
