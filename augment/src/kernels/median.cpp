#include "median.h"

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/median.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class V>
HWY_INLINE void Order(V& a, V& b) {
  const V low = hn::Min(a, b);
  b = hn::Max(a, b);
  a = low;
}

template <class V>
HWY_INLINE void Sort(V (&v)[3]) {
  Order(v[0], v[1]);
  Order(v[1], v[2]);
  Order(v[0], v[1]);
}

template <class V>
HWY_INLINE void Sort(V (&v)[5]) {
  Order(v[0], v[1]);
  Order(v[3], v[4]);
  Order(v[2], v[4]);
  Order(v[2], v[3]);
  Order(v[1], v[4]);
  Order(v[0], v[3]);
  Order(v[0], v[2]);
  Order(v[1], v[3]);
  Order(v[1], v[2]);
}

/// Moves the smallest of `k` to the front and the largest to the end.
template <int k, class V>
HWY_INLINE void Extremes(V* v) {
  for (int i = 0; i < k / 2; ++i) Order(v[i], v[k - 1 - i]);
  for (int i = 1; i < (k + 1) / 2; ++i) Order(v[0], v[i]);
  for (int i = k / 2; i < k - 1; ++i) Order(v[i], v[k - 1]);
}

/// The median by forgetting: of one more than half of the numbers, neither the least nor the largest is it.
/// Both are replaced by the next number, until three are left.
template <int k, class V>
HWY_INLINE V Forget(V* v, const V* next) {
  Extremes<k>(v);
  if constexpr (k == 3) {
    return v[1];
  } else {
    v[0] = *next;
    return Forget<k - 1>(v, next + 1);
  }
}

/// The median of three sorted columns: of the largest minimum, the middle median and the least maximum.
template <class V>
HWY_INLINE V MedianOf(V (&rank)[3][3]) {
  V three[3] = {hn::Max(hn::Max(rank[0][0], rank[0][1]), rank[0][2]), rank[1][0],
                hn::Min(hn::Min(rank[2][0], rank[2][1]), rank[2][2])};
  Sort(rank[1]);
  three[1] = rank[1][1];
  Sort(three);
  return three[1];
}

/// The median of five sorted columns. With each rank sorted across columns too, number (i, j) has (i + 1)(j +
/// 1) - 1 others that aren't larger and (5 - i)(5 - j) - 1 that aren't smaller: where neither count is above
/// 12, it may be the 13th of 25. The twelve others are half too small and half too large.
template <class V>
HWY_INLINE V MedianOf(V (&rank)[5][5]) {
  for (auto& row : rank) Sort(row);
  V all[13] = {rank[2][1], rank[2][2], rank[2][3], rank[1][2], rank[1][3], rank[3][1], rank[3][2],
               rank[1][4], rank[3][0], rank[0][3], rank[4][1], rank[0][4], rank[4][0]};
  return Forget<8>(all, all + 8);
}

template <int kSize, class D>
HWY_INLINE void SortColumns(D d, const std::uint8_t* from, std::ptrdiff_t step, std::uint8_t* to,
                            std::ptrdiff_t width) {
  hn::Vec<D> v[kSize];
  for (int k = 0; k < kSize; ++k) v[k] = hn::LoadU(d, from + k * step);
  Sort(v);
  for (int k = 0; k < kSize; ++k) hn::StoreU(v[k], d, to + k * width);
}

template <int kSize, class D>
HWY_INLINE void MedianAt(D d, const std::uint8_t* sorted, std::ptrdiff_t width, int channels,
                         std::uint8_t* out) {
  hn::Vec<D> rank[kSize][kSize];
  for (int k = 0; k < kSize; ++k)
    for (int c = 0; c < kSize; ++c) rank[k][c] = hn::LoadU(d, sorted + k * width + c * channels);
  hn::StoreU(MedianOf(rank), d, out);
}

template <int kSize>
void MedianOfRow(const std::uint8_t* HWY_RESTRICT around, std::ptrdiff_t step, int channels, int n,
                 std::uint8_t* HWY_RESTRICT scratch, std::uint8_t* HWY_RESTRICT out) {
  const hn::ScalableTag<std::uint8_t> d;
  const hn::CappedTag<std::uint8_t, 1> one;
  const int lanes = static_cast<int>(hn::Lanes(d)), width = n + (kSize - 1) * channels;
  int i = 0;
  for (; i + lanes <= width; i += lanes) SortColumns<kSize>(d, around + i, step, scratch + i, width);
  for (; i < width; ++i) SortColumns<kSize>(one, around + i, step, scratch + i, width);
  for (i = 0; i + lanes <= n; i += lanes) MedianAt<kSize>(d, scratch + i, width, channels, out + i);
  for (; i < n; ++i) MedianAt<kSize>(one, scratch + i, width, channels, out + i);
}

void MedianRow(const std::uint8_t* around, std::ptrdiff_t step, int size, int channels, int n,
               std::uint8_t* scratch, std::uint8_t* out) {
  if (size == 3)
    MedianOfRow<3>(around, step, channels, n, scratch, out);
  else
    MedianOfRow<5>(around, step, channels, n, scratch, out);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {
HWY_EXPORT(MedianRow);
}

void median_row(const std::uint8_t* around, std::ptrdiff_t step, int size, int channels, int n,
                std::uint8_t* scratch, std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(MedianRow)(around, step, size, channels, n, scratch, out);
}

}  // namespace doppel::augment
#endif
