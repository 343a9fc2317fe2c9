#include "lattice.h"

#include <algorithm>

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/lattice.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// Pixels at a time, and nodes that they may span.
constexpr int kBlock = 64, kNodes = 128;

/// Up to kBlock pixels. Each cell is a straight line, written in whole vectors: what goes beyond a cell's end
/// is overwritten by the next.
int Block(const LatticeRow& row, int first, float y, int n, float* HWY_RESTRICT u, float* HWY_RESTRICT v) {
  const float last = static_cast<float>(row.cols - 1);
  const auto cell = [&](int i) {
    const float t = std::clamp((static_cast<float>(first + i) + 0.5F) * row.inverse_step, 0.F, last);
    return std::min(static_cast<int>(t), row.cols - 2);
  };
  const int base = cell(0);
  n = std::min(n, kBlock);
  while (cell(n - 1) - base + 2 > kNodes) n = (n + 1) / 2;  // a field finer than the image
  const int nodes = cell(n - 1) - base + 2;
  float x[kNodes], d[kNodes];
  for (int k = 0; k < nodes; ++k) {
    x[k] = row.x0[base + k] + row.down * (row.x1[base + k] - row.x0[base + k]);
    d[k] = row.y0[base + k] + row.down * (row.y1[base + k] - row.y0[base + k]);
  }
  const hn::ScalableTag<float> f;
  const int lanes = static_cast<int>(hn::Lanes(f));
  HWY_ALIGN float us[kBlock + 16], vs[kBlock + 16];
  const auto half = hn::Set(f, 0.5F), inverse = hn::Set(f, row.inverse_step), centre = hn::Set(f, y);
  const float step = 1 / row.inverse_step;
  for (int k = 0, i = 0; i < n; ++k) {
    const auto begin = static_cast<float>(base + k);
    // The first pixel whose centre is in the next cell.
    const int next = static_cast<int>((begin + 1) * step + 0.5F) - first;
    const int end = k + 2 == nodes ? n : std::clamp(next, i, n);
    const auto xa = hn::Set(f, x[k]), da = hn::Set(f, d[k]);
    const auto dx = hn::Set(f, x[k + 1] - x[k]), dd = hn::Set(f, d[k + 1] - d[k]), start = hn::Set(f, begin);
    for (; i < end; i += lanes) {
      const auto place = hn::Add(hn::Iota(f, static_cast<float>(first + i)), half);
      const auto inside = hn::Sub(hn::Mul(place, inverse), start);
      const auto share = hn::Min(hn::Max(inside, hn::Zero(f)), hn::Set(f, 1));
      hn::StoreU(hn::Add(place, hn::Add(xa, hn::Mul(share, dx))), f, us + i);
      hn::StoreU(hn::Add(centre, hn::Add(da, hn::Mul(share, dd))), f, vs + i);
    }
    i = end;
  }
  std::copy_n(us, n, u);
  std::copy_n(vs, n, v);
  return n;
}

void Row(const LatticeRow& row, int first, float y, int n, float* u, float* v) {
  for (int i = 0; i < n;) i += Block(row, first + i, y, n - i, u + i, v + i);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {
HWY_EXPORT(Row);
}

void lattice_row(const LatticeRow& row, int first, float y, int n, float* u, float* v) {
  HWY_DYNAMIC_DISPATCH(Row)(row, first, y, n, u, v);
}

}  // namespace doppel::augment
#endif
