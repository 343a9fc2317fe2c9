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

/// Steps from one line of vectors, each d's, to another. The places of a tile are the points 0, the pairs 1
/// and -1, 2 and -2, with tiles of 8 1/2 and -1/2, and infinity.
template <class D, int kTile>
struct WinogradSteps {
  using V = hwy::HWY_NAMESPACE::Vec<D>;
  D d;

  /// Pixels of the input to places.
  HWY_INLINE void Input(const V* in, V* out) const {
    if constexpr (kTile == 6) {
      out[0] = Plus(Plus(in[4], -5, in[2]), 4, in[0]);
      SumAndDifference(Plus(in[4], -4, in[2]), Plus(in[3], -4, in[1]), out + 1);
      SumAndDifference(Minus(in[4], in[2]), Times(2, Minus(in[3], in[1])), out + 3);
      out[5] = Plus(Plus(in[5], -5, in[3]), 4, in[1]);
    } else {
      out[0] = Plus(Minus(in[0], in[6]), 5.25F, Minus(in[4], in[2]));
      SumAndDifference(Plus(Add(in[2], in[6]), -4.25F, in[4]), Plus(Add(in[1], in[5]), -4.25F, in[3]),
                       out + 1);
      SumAndDifference(Plus(Plus(in[6], 0.25F, in[2]), -1.25F, in[4]),
                       Plus(Plus(Times(0.5F, in[1]), -2.5F, in[3]), 2, in[5]), out + 3);
      SumAndDifference(Plus(Plus(in[6], 4, in[2]), -5, in[4]),
                       Plus(Plus(Times(2, in[1]), -2.5F, in[3]), 0.5F, in[5]), out + 5);
      out[7] = Plus(Minus(in[7], in[1]), 5.25F, Minus(in[3], in[5]));
    }
  }
  /// Places to kOut outputs, and the gradients of outputs to places.
  template <int kOut>
  HWY_INLINE void Output(const V* in, V* out) const {
    FromPlaces<kOut, false>(in, out);
  }
  template <int kOut>
  HWY_INLINE void OutputGradient(const V* in, V* out) const {
    ToPlaces<kOut, false>(in, out);
  }
  /// A kernel's weights to places, and gradients at places to those of weights.
  template <int kKernel>
  HWY_INLINE void Weights(const V* in, V* out) const {
    ToPlaces<kKernel, true>(in, out);
  }
  template <int kKernel>
  HWY_INLINE void WeightGradients(const V* in, V* out) const {
    FromPlaces<kKernel, true>(in, out);
  }

 private:
  static constexpr int kPairs = kTile / 2 - 1;
  static constexpr float kPoints[3] = {1, 2, 0.5F};
  /// What weights are multiplied by at 0 and at each pair, so that inputs and outputs needn't be.
  static constexpr float kAtZero = kTile == 6 ? 0.25F : 1.F;
  static constexpr float kAtPairs[3] = {kTile == 6 ? -1.F / 6 : -2.F / 9, kTile == 6 ? 1.F / 24 : 1.F / 90,
                                        32.F / 45};
  static constexpr float Power(float base, int exponent) {
    return exponent == 0 ? 1.F : base * Power(base, exponent - 1);
  }

  /// A polynomial's value at each place, `in` its coefficients.
  template <int kFrom, bool kScales>
  HWY_INLINE void ToPlaces(const V* in, V* out) const {
    out[0] = kScales && kAtZero != 1 ? Times(kAtZero, in[0]) : in[0];
#pragma GCC unroll 3
    for (int pair = 0; pair < kPairs; ++pair) {
      const float scale = kScales ? kAtPairs[pair] : 1.F;
      V even = Times(scale, in[0]), odd = Times(scale * kPoints[pair], in[1]);
#pragma GCC unroll 6
      for (int i = 2; i < kFrom; ++i) {
        V& sum = i % 2 == 0 ? even : odd;
        sum = Plus(sum, scale * Power(kPoints[pair], i), in[i]);
      }
      SumAndDifference(even, odd, out + 1 + 2 * pair);
    }
    out[kTile - 1] = in[kFrom - 1];
  }
  /// The same, transposed.
  template <int kTo, bool kScales>
  HWY_INLINE void FromPlaces(const V* in, V* out) const {
    V sums[kPairs], differences[kPairs];
#pragma GCC unroll 3
    for (int pair = 0; pair < kPairs; ++pair) {
      sums[pair] = Add(in[1 + 2 * pair], in[2 + 2 * pair]);
      differences[pair] = Minus(in[1 + 2 * pair], in[2 + 2 * pair]);
    }
#pragma GCC unroll 6
    for (int i = 0; i < kTo; ++i) {
      const V* const halves = i % 2 == 0 ? sums : differences;
      V sum = Times(kScales ? kAtPairs[0] : 1.F, halves[0]);
#pragma GCC unroll 3
      for (int pair = 1; pair < kPairs; ++pair)
        sum = Plus(sum, (kScales ? kAtPairs[pair] : 1.F) * Power(kPoints[pair], i), halves[pair]);
      if (i == 0) sum = Plus(sum, kScales ? kAtZero : 1.F, in[0]);
      if (i == kTo - 1) sum = Add(sum, in[kTile - 1]);
      out[i] = sum;
    }
  }

  HWY_INLINE V Add(V a, V b) const { return hwy::HWY_NAMESPACE::Add(a, b); }
  HWY_INLINE V Minus(V a, V b) const { return hwy::HWY_NAMESPACE::Sub(a, b); }
  HWY_INLINE V Times(float factor, V v) const {
    return factor == 1 ? v : hwy::HWY_NAMESPACE::Mul(hwy::HWY_NAMESPACE::Set(d, factor), v);
  }
  /// a + factor · v
  HWY_INLINE V Plus(V a, float factor, V v) const {
    return hwy::HWY_NAMESPACE::MulAdd(hwy::HWY_NAMESPACE::Set(d, factor), v, a);
  }
  HWY_INLINE void SumAndDifference(V a, V b, V* out) const {
    out[0] = Add(a, b);
    out[1] = Minus(a, b);
  }
};

/// The same for tiles of 5, which have the points 0, -1, 2, 1/2 and infinity: sums err by two thirds of what
/// they do at 1, -1 and 2.
template <class D>
struct WinogradSteps<D, 5> {
  using V = hwy::HWY_NAMESPACE::Vec<D>;
  D d;

  HWY_INLINE void Input(const V* in, V* out) const {
    namespace hn = hwy::HWY_NAMESPACE;
    out[0] = Plus(hn::Add(in[0], in[3]), -1.5F, hn::Add(in[1], in[2]));
    out[1] = Plus(hn::Add(in[1], in[3]), -2.5F, in[2]);
    out[2] = Plus(in[3], 0.5F, hn::Sub(in[2], in[1]));
    out[3] = Plus(hn::Sub(in[3], in[2]), -2, in[1]);
    out[4] = Plus(hn::Add(in[1], in[4]), -1.5F, hn::Add(in[2], in[3]));
  }
  template <int kOut>
  HWY_INLINE void Output(const V* in, V* out) const {
    FromPlaces<kOut, false>(in, out);
  }
  template <int kOut>
  HWY_INLINE void OutputGradient(const V* in, V* out) const {
    ToPlaces<kOut, false>(in, out);
  }
  template <int kKernel>
  HWY_INLINE void Weights(const V* in, V* out) const {
    ToPlaces<kKernel, true>(in, out);
  }
  template <int kKernel>
  HWY_INLINE void WeightGradients(const V* in, V* out) const {
    FromPlaces<kKernel, true>(in, out);
  }

 private:
  static constexpr int kFinite = 3;  ///< points but 0, where the factor is 1
  static constexpr float kPoints[kFinite] = {-1, 2, 0.5F};
  static constexpr float kFactors[kFinite] = {-2.F / 9, 1.F / 9, -8.F / 9};
  template <bool kScales>
  static constexpr float Power(int point, int exponent) {
    float power = kScales ? kFactors[point] : 1.F;
    for (int i = 0; i < exponent; ++i) power *= kPoints[point];
    return power;
  }

  template <int kFrom, bool kScales>
  HWY_INLINE void ToPlaces(const V* in, V* out) const {
    out[0] = in[0];
#pragma GCC unroll 3
    for (int point = 0; point < kFinite; ++point) {
      V sum = Times(Power<kScales>(point, 0), in[0]);
#pragma GCC unroll 4
      for (int i = 1; i < kFrom; ++i) sum = Plus(sum, Power<kScales>(point, i), in[i]);
      out[1 + point] = sum;
    }
    out[4] = in[kFrom - 1];
  }
  template <int kTo, bool kScales>
  HWY_INLINE void FromPlaces(const V* in, V* out) const {
    namespace hn = hwy::HWY_NAMESPACE;
#pragma GCC unroll 4
    for (int i = 0; i < kTo; ++i) {
      V sum = Times(Power<kScales>(0, i), in[1]);
#pragma GCC unroll 2
      for (int point = 1; point < kFinite; ++point) sum = Plus(sum, Power<kScales>(point, i), in[1 + point]);
      if (i == 0) sum = hn::Add(sum, in[0]);
      if (i == kTo - 1) sum = hn::Add(sum, in[4]);
      out[i] = sum;
    }
  }
  HWY_INLINE V Times(float factor, V v) const {
    return factor == 1 ? v : hwy::HWY_NAMESPACE::Mul(hwy::HWY_NAMESPACE::Set(d, factor), v);
  }
  HWY_INLINE V Plus(V a, float factor, V v) const {
    return hwy::HWY_NAMESPACE::MulAdd(hwy::HWY_NAMESPACE::Set(d, factor), v, a);
  }
};

/// Takes kIn x kIn vectors, of which load(y, x) gives each, along both directions by step(line in, line out)
/// and gives kOut x kOut to store(y, x, vector).
template <int kIn, int kOut, class D, class Load, class StepFunction, class Store>
HWY_INLINE void BothDirections(D, const Load& load, const StepFunction& step, const Store& store) {
  using V = hwy::HWY_NAMESPACE::Vec<D>;
  V half[kOut][kIn];
#pragma GCC unroll 8
  for (int x = 0; x < kIn; ++x) {
    V line[kIn], out[kOut];
#pragma GCC unroll 8
    for (int y = 0; y < kIn; ++y) line[y] = load(y, x);
    step(line, out);
#pragma GCC unroll 8
    for (int y = 0; y < kOut; ++y) half[y][x] = out[y];
  }
#pragma GCC unroll 8
  for (int y = 0; y < kOut; ++y) {
    V out[kOut];
    step(half[y], out);
#pragma GCC unroll 8
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
  int row, y, x;  ///< of the outputs' first pixel, within its phase

  TilePlace(const WinogradTiles& tiles, int tile) {
    constexpr int step = kWinogradOutputs;
    row = tile / (tiles.across * tiles.down);
    y = tile / tiles.across % tiles.down * step;
    x = tile % tiles.across * step;
  }
};

/// The part of a square of `size` pixels that lies inside a plane. They are `step` rows and columns apart.
struct Inside {
  int top, bottom, left, right;

  Inside(int y, int x, int size, int step, int height, int width)
      : top(std::max(0, (step - 1 - y) / step)),
        bottom(std::min(size, (height - y + step - 1) / step)),
        left(std::max(0, (step - 1 - x) / step)),
        right(std::min(size, (width - x + step - 1) / step)) {}
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

/// Which pixels a tile reads or writes: kEvery apart, the first of them (y, x) from kEvery times the tile's
/// first output.
template <int kEvery>
struct PixelSquare {
  int y, x;
};

/// Transforms squares of kIn pixels of `count` tiles, from tile `first`, of `groups` groups from
/// `first_group` on.
template <int kBlock, int kTile, int kIn, int kEvery, class T, class StepFunction>
void TransformTiles(const WinogradTiles& tiles, int first, int count, PixelSquare<kEvery> square,
                    const BlockedPlanes<T>& from, int first_group, int groups, const StepFunction& step,
                    const TransformedTiles& layout, float* HWY_RESTRICT to) {
  namespace hn = hwy::HWY_NAMESPACE;
  const BlockTag<kBlock> d;
  const std::size_t place = layout.place();
  for (int group = 0; group < groups; ++group)
    for (int t = 0; t < count; ++t) {
      const TilePlace tile(tiles, first + t);
      const int y0 = kEvery * tile.y + square.y, x0 = kEvery * tile.x + square.x;
      const Inside inside(y0, x0, kIn, kEvery, from.height, from.width);
      const T* const origin = from.template Pixel<kBlock>(tile.row, first_group + group, y0, x0);
      float* const out =
          to + static_cast<std::size_t>(group) * layout.group() + static_cast<std::size_t>(t) * kBlock;
      const auto pixel = [&](int y, int x) HWY_ATTR {
        return LoadFloats(d, origin + (static_cast<std::ptrdiff_t>(y) * from.width + x) * kEvery * kBlock);
      };
      const auto store = [&](int y, int x, hn::Vec<decltype(d)> v) HWY_ATTR {
        hn::StoreU(v, d, out + static_cast<std::size_t>(y * kTile + x) * place);
      };
      if (inside.IsAll(kIn))
        BothDirections<kIn, kTile>(d, pixel, step, store);
      else
        BothDirections<kIn, kTile>(
            d, [&](int y, int x) HWY_ATTR { return inside.Has(y, x) ? pixel(y, x) : hn::Zero(d); }, step,
            store);
    }
}

/// The first row, or column, that a phase of a transposed convolution's output reads, from the tile's first
/// output: its kernel reaches one back, and phases are counted without the padding.
inline int FirstTap(int phase, int padding) { return (phase + padding) / 2 - 1; }

/// What tiles of inputs become: groups [first_group, first_group + layout.groups) of all phases' groups, or
/// where it's a transposed one, what phase `phase_out` of its output reads.
template <int kBlock, int kKernel, class T>
void TransformInputs(const WinogradConv& conv, const WinogradTiles& tiles, int first, int count, const T* x,
                     int first_group, int phase_out, const TransformedTiles& layout, float* to) {
  constexpr int kEvery = kKernel == 4 ? 2 : 1, kTile = kWinogradOutputs + kKernel / kEvery - 1;
  const BlockTag<kBlock> d;
  using V = hwy::HWY_NAMESPACE::Vec<BlockTag<kBlock>>;
  const WinogradSteps<BlockTag<kBlock>, kTile> steps{d};
  const int groups = conv.inputs / kBlock;
  const BlockedPlanes<const T> from{x, groups, conv.in_h, conv.in_w};
  const auto step = [&](const V* in, V* out) HWY_ATTR { steps.Input(in, out); };
  if (conv.transposed) {
    const PixelSquare<1> square{FirstTap(phase_out / 2, conv.top), FirstTap(phase_out % 2, conv.left)};
    return TransformTiles<kBlock, kTile, kTile>(tiles, first, count, square, from, first_group, layout.groups,
                                                step, layout, to);
  }
  for (int done = 0; done < layout.groups;) {
    const int phase = (first_group + done) / groups, group = (first_group + done) % groups,
              some = std::min(layout.groups - done, groups - group);
    const PixelSquare<kEvery> square{phase / kEvery - conv.top, phase % kEvery - conv.left};
    TransformTiles<kBlock, kTile, kTile>(tiles, first, count, square, from, group, some, step, layout,
                                         to + static_cast<std::size_t>(done) * layout.group());
    done += some;
  }
}

/// Calls f with the block and the kernel as constants.
template <class F>
void OfShape(const WinogradConv& conv, const F& f) {
  const auto of_kernel = [&](auto block) {
    if (conv.kernel == 3)
      f(block, std::integral_constant<int, 3>());
    else if (conv.kernel == 4)
      f(block, std::integral_constant<int, 4>());
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
