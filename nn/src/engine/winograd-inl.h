// What Winograd's loops share: the steps in one direction, for the points 0, 1, -1, 2, -2 and infinity (Lavin
// and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015), and tiles. Included per target.
#if defined(DOPPEL_NN_WINOGRAD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DOPPEL_NN_WINOGRAD_INL_H_
#undef DOPPEL_NN_WINOGRAD_INL_H_
#else
#define DOPPEL_NN_WINOGRAD_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <type_traits>

#include "bf16-inl.h"
#include "winograd_sizes.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

/// Steps from one line of vectors to another, each d's.
template <class D>
struct WinogradSteps {
  using V = hwy::HWY_NAMESPACE::Vec<D>;
  D d;

  HWY_INLINE V Times(float factor, V v) const { return hwy::HWY_NAMESPACE::Mul(Scalar(factor), v); }
  /// a + factor · v
  HWY_INLINE V Plus(V a, float factor, V v) const { return hwy::HWY_NAMESPACE::MulAdd(Scalar(factor), v, a); }

  /// Six pixels of the input to six places.
  HWY_INLINE void Input(const V* in, V* out) const {
    namespace hn = hwy::HWY_NAMESPACE;
    out[0] = Plus(Plus(in[4], -5, in[2]), 4, in[0]);
    const V a = Plus(in[4], -4, in[2]), b = Plus(in[3], -4, in[1]);
    out[1] = hn::Add(a, b);
    out[2] = hn::Sub(a, b);
    const V c = hn::Sub(in[4], in[2]), e = hn::Sub(in[3], in[1]);
    out[3] = Plus(c, 2, e);
    out[4] = Plus(c, -2, e);
    out[5] = Plus(Plus(in[5], -5, in[3]), 4, in[1]);
  }

  /// Six places to 4 or 2 outputs.
  template <int kOut>
  HWY_INLINE void Output(const V* in, V* out) const {
    namespace hn = hwy::HWY_NAMESPACE;
    const V sum1 = hn::Add(in[1], in[2]), sum2 = hn::Add(in[3], in[4]), difference1 = hn::Sub(in[1], in[2]),
            difference2 = hn::Sub(in[3], in[4]);
    out[0] = hn::Add(in[0], hn::Add(sum1, sum2));
    out[1] = Plus(difference1, 2, difference2);
    if constexpr (kOut == 4) {
      out[2] = Plus(sum1, 4, sum2);
      out[3] = Plus(hn::Add(difference1, in[5]), 8, difference2);
    } else {
      out[1] = hn::Add(out[1], in[5]);
    }
  }

  /// The gradients of 4 or 2 outputs to six places: Output, transposed.
  template <int kOut>
  HWY_INLINE void OutputGradient(const V* in, V* out) const {
    namespace hn = hwy::HWY_NAMESPACE;
    out[0] = in[0];
    if constexpr (kOut == 4) {
      const V even1 = hn::Add(in[0], in[2]), odd1 = hn::Add(in[1], in[3]), even2 = Plus(in[0], 4, in[2]),
              odd2 = Plus(in[1], 4, in[3]);
      out[1] = hn::Add(even1, odd1);
      out[2] = hn::Sub(even1, odd1);
      out[3] = Plus(even2, 2, odd2);
      out[4] = Plus(even2, -2, odd2);
    } else {
      out[1] = hn::Add(in[0], in[1]);
      out[2] = hn::Sub(in[0], in[1]);
      out[3] = Plus(in[0], 2, in[1]);
      out[4] = Plus(in[0], -2, in[1]);
    }
    out[5] = in[kOut - 1];
  }

  /// 3 or 5 weights to six places.
  template <int kKernel>
  HWY_INLINE void Weights(const V* in, V* out) const {
    namespace hn = hwy::HWY_NAMESPACE;
    constexpr float kSixth = -1.F / 6, kPart = 1.F / 24;
    V even1 = hn::Add(in[0], in[2]), odd1 = in[1], even2 = Plus(in[0], 4, in[2]), odd2 = Times(2, in[1]);
    if constexpr (kKernel == 5) {
      even1 = hn::Add(even1, in[4]), odd1 = hn::Add(odd1, in[3]);
      even2 = Plus(even2, 16, in[4]), odd2 = Plus(odd2, 8, in[3]);
    }
    out[0] = Times(0.25F, in[0]);
    out[1] = Times(kSixth, hn::Add(even1, odd1));
    out[2] = Times(kSixth, hn::Sub(even1, odd1));
    out[3] = Times(kPart, hn::Add(even2, odd2));
    out[4] = Times(kPart, hn::Sub(even2, odd2));
    out[5] = in[kKernel - 1];
  }

  /// Gradients at six places to those of 3 or 5 weights: Weights, transposed.
  template <int kKernel>
  HWY_INLINE void WeightGradients(const V* in, V* out) const {
    namespace hn = hwy::HWY_NAMESPACE;
    constexpr float kSixth = -1.F / 6, kPart = 1.F / 24;
    const V sum1 = Times(kSixth, hn::Add(in[1], in[2])), difference1 = Times(kSixth, hn::Sub(in[1], in[2])),
            sum2 = Times(kPart, hn::Add(in[3], in[4])), difference2 = Times(kPart, hn::Sub(in[3], in[4]));
    out[0] = Plus(hn::Add(sum1, sum2), 0.25F, in[0]);
    out[1] = Plus(difference1, 2, difference2);
    out[2] = Plus(sum1, 4, sum2);
    if constexpr (kKernel == 5) {
      out[3] = Plus(difference1, 8, difference2);
      out[4] = hn::Add(Plus(sum1, 16, sum2), in[5]);
    } else {
      out[2] = hn::Add(out[2], in[5]);
    }
  }

 private:
  HWY_INLINE V Scalar(float factor) const { return hwy::HWY_NAMESPACE::Set(d, factor); }
};

/// Takes kIn x kIn vectors, of which load(y, x) gives each, along both directions by step(line in, line out)
/// and gives kOut x kOut to store(y, x, vector).
template <int kIn, int kOut, class D, class Load, class StepFunction, class Store>
HWY_INLINE void BothDirections(D, const Load& load, const StepFunction& step, const Store& store) {
  using V = hwy::HWY_NAMESPACE::Vec<D>;
  V half[kOut][kIn];
#pragma GCC unroll 6
  for (int x = 0; x < kIn; ++x) {
    V line[kIn], out[kOut];
#pragma GCC unroll 6
    for (int y = 0; y < kIn; ++y) line[y] = load(y, x);
    step(line, out);
#pragma GCC unroll 6
    for (int y = 0; y < kOut; ++y) half[y][x] = out[y];
  }
#pragma GCC unroll 6
  for (int y = 0; y < kOut; ++y) {
    V out[kOut];
    step(half[y], out);
#pragma GCC unroll 6
    for (int x = 0; x < kOut; ++x) store(y, x, out[x]);
  }
}

/// A block's channels in one register.
template <int kBlock>
using BlockTag = hwy::HWY_NAMESPACE::CappedTag<float, kBlock>;

#if HWY_TARGET != HWY_SCALAR

/// Groups of filters that a product keeps in registers.
constexpr int kFilterGroups = 2;

/// A tile's place in a batch.
struct TilePlace {
  int row, y, x;  ///< of the outputs' first pixel

  TilePlace(const WinogradConv& conv, const WinogradTiles& tiles, int tile) {
    const int step = kWinogradTile + 1 - conv.kernel;
    row = tile / (tiles.across * tiles.down);
    y = tile / tiles.across % tiles.down * step;
    x = tile % tiles.across * step;
  }
};

/// The part of a square of `size` pixels that lies inside a plane.
struct Inside {
  int top, bottom, left, right;

  Inside(int y, int x, int size, int height, int width)
      : top(std::max(0, -y)),
        bottom(std::min(size, height - y)),
        left(std::max(0, -x)),
        right(std::min(size, width - x)) {}
  bool Has(int y, int x) const { return y >= top && y < bottom && x >= left && x < right; }
  bool IsAll(int size) const { return top == 0 && left == 0 && bottom == size && right == size; }
};

/// Planes of blocks.
template <class T>
struct BlockedPlanes {
  T* at;
  int groups, height, width;

  template <int kBlock>
  HWY_INLINE T* Pixel(int row, int group, int y, int x) const {
    const std::ptrdiff_t plane = static_cast<std::ptrdiff_t>(row) * groups + group;
    return at + ((plane * height + y) * width + x) * kBlock;
  }
};

/// Transforms squares of kIn pixels of `count` tiles, from tile `first`; each begins `up` and `left` of its
/// outputs. Writes groups [first_group, first_group + to.groups).
template <int kBlock, int kIn, class T, class StepFunction>
void TransformTiles(const WinogradConv& conv, const WinogradTiles& tiles, int first, int count, int up,
                    int left, const BlockedPlanes<T>& from, int first_group, const StepFunction& step,
                    const TransformedTiles& layout, float* HWY_RESTRICT to) {
  namespace hn = hwy::HWY_NAMESPACE;
  const BlockTag<kBlock> d;
  const std::size_t place = layout.place();
  for (int group = 0; group < layout.groups; ++group)
    for (int t = 0; t < count; ++t) {
      const TilePlace tile(conv, tiles, first + t);
      const int y0 = tile.y - up, x0 = tile.x - left;
      const Inside inside(y0, x0, kIn, from.height, from.width);
      const T* const origin = from.template Pixel<kBlock>(tile.row, first_group + group, y0, x0);
      float* const out =
          to + static_cast<std::size_t>(group) * layout.group() + static_cast<std::size_t>(t) * kBlock;
      const auto pixel = [&](int y, int x) HWY_ATTR {
        return LoadFloats(d, origin + (static_cast<std::ptrdiff_t>(y) * from.width + x) * kBlock);
      };
      const auto store = [&](int y, int x, hn::Vec<decltype(d)> v) HWY_ATTR {
        hn::StoreU(v, d, out + static_cast<std::size_t>(y * kWinogradTile + x) * place);
      };
      if (inside.IsAll(kIn))
        BothDirections<kIn, kWinogradTile>(d, pixel, step, store);
      else
        BothDirections<kIn, kWinogradTile>(
            d, [&](int y, int x) HWY_ATTR { return inside.Has(y, x) ? pixel(y, x) : hn::Zero(d); }, step,
            store);
    }
}

/// What tiles of inputs become.
template <int kBlock, class T>
void TransformInputs(const WinogradConv& conv, const WinogradTiles& tiles, int first, int count, const T* x,
                     int first_group, const TransformedTiles& layout, float* to) {
  const BlockTag<kBlock> d;
  using V = hwy::HWY_NAMESPACE::Vec<BlockTag<kBlock>>;
  const WinogradSteps<BlockTag<kBlock>> steps{d};
  TransformTiles<kBlock, kWinogradTile>(
      conv, tiles, first, count, conv.top, conv.left,
      BlockedPlanes<const T>{x, conv.inputs / kBlock, conv.in_h, conv.in_w}, first_group,
      [&](const V* in, V* out) HWY_ATTR { steps.Input(in, out); }, layout, to);
}

/// Calls f with the block and the kernel as constants.
template <class F>
void OfShape(const WinogradConv& conv, const F& f) {
  const auto of_kernel = [&](auto block) {
    if (conv.kernel == 3)
      f(block, std::integral_constant<int, 3>());
    else
      f(block, std::integral_constant<int, 5>());
  };
#if HWY_TARGET <= HWY_AVX3
  if (conv.block == 16) return of_kernel(std::integral_constant<int, 16>());
#endif
  of_kernel(std::integral_constant<int, 8>());
}

#endif
}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#endif
