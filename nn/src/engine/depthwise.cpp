// A register holds neighbouring channels; for each row of the kernel there is one for each of its taps, which
// sums up products of gradients with the pixels that the tap saw.
#include "depthwise.h"

#include <algorithm>

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/depthwise.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// A row of the kernel over one plane of blocks.
struct KernelRow {
  const SlidingWindow& w;
  int block, row;
  /// The first output whose tap lies within so many inputs, and the first for which it doesn't any more.
  static int first(int before, int stride) { return before <= 0 ? 0 : (before + stride - 1) / stride; }
  int top() const { return first(w.top - row, w.stride); }
  int bottom() const { return std::clamp((w.in_h - 1 + w.top - row) / w.stride + 1, 0, w.out_h); }
  int left(int tap) const { return first(w.left - tap, w.stride); }
  int right(int tap) const { return std::clamp((w.in_w - 1 + w.left - tap) / w.stride + 1, 0, w.out_w); }
};

template <class D, int kTaps>
HWY_INLINE void AddRow(const KernelRow& k, const float* HWY_RESTRICT x, const float* HWY_RESTRICT dy,
                       float* sums) {
  const D d;
  hn::Vec<D> sum[kTaps];
  for (int t = 0; t < kTaps; ++t) sum[t] = hn::LoadU(d, sums + t * k.block);
  const int step = k.w.stride * k.block, inner_left = std::min(k.left(0), k.w.out_w),
            inner_right = std::max(k.right(kTaps - 1), inner_left);
  for (int oy = k.top(); oy < k.bottom(); ++oy) {
    const int iy = oy * k.w.stride - k.w.top + k.row;
    const float* HWY_RESTRICT line = x + static_cast<std::ptrdiff_t>(iy) * k.w.in_w * k.block;
    const float* HWY_RESTRICT gradients = dy + static_cast<std::ptrdiff_t>(oy) * k.w.out_w * k.block;
    const auto at_edge = [&](int from, int to) {
      for (int ox = from; ox < to; ++ox) {
        const auto v = hn::LoadU(d, gradients + ox * k.block);
        for (int t = 0; t < kTaps; ++t)
          if (ox >= k.left(t) && ox < k.right(t))
            sum[t] = hn::MulAdd(v, hn::LoadU(d, line + (ox * k.w.stride - k.w.left + t) * k.block), sum[t]);
      }
    };
    at_edge(0, inner_left);
    const float* HWY_RESTRICT p = line + (inner_left * k.w.stride - k.w.left) * k.block;
    for (int ox = inner_left; ox < inner_right; ++ox, p += step) {
      const auto v = hn::LoadU(d, gradients + ox * k.block);
      for (int t = 0; t < kTaps; ++t) sum[t] = hn::MulAdd(v, hn::LoadU(d, p + t * k.block), sum[t]);
    }
    at_edge(inner_right, k.w.out_w);
  }
  for (int t = 0; t < kTaps; ++t) hn::StoreU(sum[t], d, sums + t * k.block);
}

template <class D, int kTaps = kWidestDepthwise>
HWY_INLINE void AddRowOf(int taps, const KernelRow& k, const float* x, const float* dy, float* sums) {
  if constexpr (kTaps > 1)
    if (taps < kTaps) return AddRowOf<D, kTaps - 1>(taps, k, x, dy, sums);
  AddRow<D, kTaps>(k, x, dy, sums);
}

void DepthwiseWeightGrad(const SlidingWindow& w, const ChannelLayout& out, int channels, const float* x,
                         const float* dy, float* dw) {
  constexpr int kMostBlock = 16;
  using D = hn::CappedTag<float, 8>;
  using Wide = hn::CappedTag<float, 16>;
  const int lanes = static_cast<int>(out.block == 16 ? hn::Lanes(Wide()) : hn::Lanes(D()));
  const std::ptrdiff_t in_plane = static_cast<std::ptrdiff_t>(w.in_h) * w.in_w * out.block,
                       out_plane = static_cast<std::ptrdiff_t>(out.pixels) * out.block;
  for (int g = 0; g < out.groups; ++g)
    for (int row = 0; row < w.kernel_h; ++row) {
      float sums[kWidestDepthwise * kMostBlock] = {};
      for (int r = 0; r < out.rows; ++r)
        for (int lane = 0; lane < out.block; lane += lanes) {
          const std::ptrdiff_t plane = static_cast<std::ptrdiff_t>(r) * out.groups + g;
          const KernelRow k{w, out.block, row};
          const float *px = x + plane * in_plane + lane, *pdy = dy + plane * out_plane + lane;
          if (out.block == 16)
            AddRowOf<Wide>(w.kernel_w, k, px, pdy, sums + lane);
          else
            AddRowOf<D>(w.kernel_w, k, px, pdy, sums + lane);
        }
      for (int c = 0; c < std::min(out.block, channels - g * out.block); ++c)
        for (int t = 0; t < w.kernel_w; ++t)
          dw[((g * out.block + c) * w.kernel_h + row) * w.kernel_w + t] = sums[t * out.block + c];
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(DepthwiseWeightGrad);

void depthwise_weight_grad(const SlidingWindow& window, const ChannelLayout& out, int channels,
                           const float* x, const float* dy, float* dw, float* db) {
  HWY_DYNAMIC_DISPATCH(DepthwiseWeightGrad)(window, out, channels, x, dy, dw);
  if (db) bias_gradient(out, channels, {const_cast<float*>(dy), false}, db);
}

}  // namespace doppel::nn::engine
#endif
