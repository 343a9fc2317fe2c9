// The gradient of the weights by Winograd's algorithm: at each place of the tiles a product of [inputs,
// tiles] by [tiles, filters].
#include <algorithm>
#include <stdexcept>

#include "winograd.h"
#include "winograd_sizes.h"

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/winograd_grad.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "winograd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR

/// What tiles of the outputs' gradients become.
template <int kBlock, int kKernel, class T>
void TransformGradients(const WinogradConv& conv, const WinogradTiles& tiles, int first, int count,
                        const T* dy, const TransformedTiles& layout, float* to) {
  constexpr int kOut = kWinogradOutputs, kTile = kOut + (kKernel == 4 ? 2 : kKernel) - 1;
  const BlockTag<kBlock> d;
  using V = hwy::HWY_NAMESPACE::Vec<BlockTag<kBlock>>;
  const WinogradSteps<BlockTag<kBlock>, kTile> steps{d};
  TransformTiles<kBlock, kTile, kOut>(
      tiles, first, count, PixelSquare<1>{0, 0},
      BlockedPlanes<const T>{dy, layout.groups, conv.out_h, conv.out_w}, 0, layout.groups,
      [&](const V* in, V* out) HWY_ATTR { steps.template OutputGradient<kOut>(in, out); }, layout, to);
}

/// What products are added to.
enum class AddedTo { Nothing, Sums };

/// Adds up the products of kInputs inputs and kGroups groups of filters, over all tiles.
template <int kBlock, int kGroups>
void AddTileProducts(const float* HWY_RESTRICT inputs, const float* HWY_RESTRICT gradients,
                     std::size_t tile_group, int tiles, AddedTo added_to, float* HWY_RESTRICT sums,
                     std::size_t sum_group) {
  namespace hn = hwy::HWY_NAMESPACE;
  constexpr int kInputs = kBlock / 2;
  const BlockTag<kBlock> d;
  hn::Vec<decltype(d)> s[kGroups][kInputs];
#pragma GCC unroll 2
  for (int g = 0; g < kGroups; ++g)
#pragma GCC unroll 8
    for (int i = 0; i < kInputs; ++i)
      s[g][i] = added_to == AddedTo::Nothing
                    ? hn::Zero(d)
                    : hn::LoadU(d, sums + static_cast<std::size_t>(g) * sum_group + i * kBlock);
  for (int t = 0; t < tiles; ++t, inputs += kBlock, gradients += kBlock) {
    hn::Vec<decltype(d)> dy[kGroups];
#pragma GCC unroll 2
    for (int g = 0; g < kGroups; ++g)
      dy[g] = hn::LoadU(d, gradients + static_cast<std::size_t>(g) * tile_group);
#pragma GCC unroll 8
    for (int i = 0; i < kInputs; ++i) {
      const auto v = hn::Set(d, inputs[i]);
#pragma GCC unroll 2
      for (int g = 0; g < kGroups; ++g) s[g][i] = hn::MulAdd(dy[g], v, s[g][i]);
    }
  }
#pragma GCC unroll 2
  for (int g = 0; g < kGroups; ++g)
#pragma GCC unroll 8
    for (int i = 0; i < kInputs; ++i)
      hn::StoreU(s[g][i], d, sums + static_cast<std::size_t>(g) * sum_group + i * kBlock);
}

/// The sums [filter groups, inputs, block] of one place are, or grow by, what `count` tiles give.
template <int kBlock>
void AddPlaceProducts(const float* inputs, const TransformedTiles& in, const float* gradients,
                      const TransformedTiles& out, int count, AddedTo added_to, float* sums) {
  const std::size_t sum_group = static_cast<std::size_t>(in.groups) * kBlock * kBlock;
  for (int g = 0; g < out.groups; g += kFilterGroups)
    for (int i = 0; i < in.groups; ++i)
      for (int half = 0; half < 2; ++half) {
        const float* const some =
            inputs + static_cast<std::size_t>(i) * in.group() + static_cast<std::size_t>(half) * kBlock / 2;
        const float* const dy = gradients + static_cast<std::size_t>(g) * out.group();
        float* const to =
            sums + static_cast<std::size_t>(g) * sum_group +
            (static_cast<std::size_t>(i) * kBlock + static_cast<std::size_t>(half) * kBlock / 2) * kBlock;
        if (g + 1 < out.groups)
          AddTileProducts<kBlock, kFilterGroups>(some, dy, out.group(), count, added_to, to, sum_group);
        else
          AddTileProducts<kBlock, 1>(some, dy, out.group(), count, added_to, to, sum_group);
      }
}

/// Gradients of the weights of some groups of inputs, from those at all places.
template <int kBlock, int kKernel>
void TransformWeightGradients(const WinogradConv& conv, int first_group, int groups, const float* sums,
                              std::size_t place, float* dw) {
  constexpr int kEvery = kKernel == 4 ? 2 : 1, kSide = kKernel / kEvery, kTile = kWinogradOutputs + kSide - 1;
  namespace hn = hwy::HWY_NAMESPACE;
  const BlockTag<kBlock> d;
  using V = hn::Vec<BlockTag<kBlock>>;
  const WinogradSteps<BlockTag<kBlock>, kTile> steps{d};
  constexpr std::size_t kSquare = std::size_t{kBlock} * kBlock;
  const int input_groups = conv.inputs / kBlock;
  for (int f = 0; f < conv.filters / kBlock; ++f)
    for (int i = 0; i < groups; ++i) {
      const int phase = (first_group + i) / input_groups,
                group = f * input_groups + (first_group + i) % input_groups,
                first_tap = phase / kEvery * kKernel + phase % kEvery;
      for (int c = 0; c < kBlock; ++c) {
        const float* const in = sums + (static_cast<std::size_t>(f) * groups + i) * kSquare + c * kBlock;
        float* const out =
            dw + (static_cast<std::size_t>(group) * kKernel * kKernel + first_tap) * kSquare + c * kBlock;
        BothDirections<kTile, kSide>(
            d,
            [&](int y, int x)
                HWY_ATTR { return hn::LoadU(d, in + static_cast<std::size_t>(y * kTile + x) * place); },
            [&](const V* line, V* to) HWY_ATTR { steps.template WeightGradients<kSide>(line, to); },
            [&](int y, int x, V v) HWY_ATTR {
              hn::StoreU(v, d, out + static_cast<std::size_t>(kEvery * (y * kKernel + x)) * kSquare);
            });
      }
    }
}

template <int kBlock, int kKernel, class TX, class TY>
void WeightGradient(const WinogradConv& conv, int rows, const TX* x, const TY* dy, float* dw,
                    float* scratch) {
  const WinogradGradParts parts(conv, rows);
  const WinogradTiles& tiles = parts.tiles;
  const int input_groups = conv.phases_in() * conv.inputs / kBlock;
  const TransformedTiles out{conv.filters / kBlock, tiles.at_once, kBlock},
      widest{parts.input_groups, tiles.at_once, kBlock};
  float* const inputs = scratch + out.numbers(conv);
  float* const sums = inputs + widest.numbers(conv);
  for (int group = 0; group < input_groups; group += parts.input_groups) {
    const int groups = std::min(parts.input_groups, input_groups - group);
    const TransformedTiles in{groups, tiles.at_once, kBlock};
    const std::size_t place = winograd_weight_place(conv.filters, groups * kBlock);
    for (int first = 0; first < tiles.all; first += tiles.at_once) {
      const int count = std::min(tiles.at_once, tiles.all - first);
      if (group == 0 || tiles.at_once < tiles.all)
        TransformGradients<kBlock, kKernel>(conv, tiles, first, count, dy, out, scratch);
      TransformInputs<kBlock, kKernel>(conv, tiles, first, count, x, group, 0, in, inputs);
      for (std::size_t p = 0; p < conv.places(); ++p)
        AddPlaceProducts<kBlock>(inputs + p * in.place(), in, scratch + p * out.place(), out, count,
                                 first == 0 ? AddedTo::Nothing : AddedTo::Sums, sums + p * place);
    }
    TransformWeightGradients<kBlock, kKernel>(conv, group, groups, sums, place, dw);
  }
}

void WinogradGradient(const WinogradConv& conv, int rows, const Numbers& x, const Numbers& dy, float* dw,
                      float* scratch) {
  OfShape(conv, [&](auto block, auto kernel) {
    Typed(x, dy,
          [&](auto* px, auto* pdy) { WeightGradient<block(), kernel()>(conv, rows, px, pdy, dw, scratch); });
  });
}

#else

void WinogradGradient(const WinogradConv&, int, const Numbers&, const Numbers&, float*, float*) {
  throw std::logic_error("no Winograd on this processor");
}

#endif
}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(WinogradGradient);

std::size_t winograd_grad_scratch(const WinogradConv& conv, int rows) {
  const WinogradGradParts parts(conv, rows);
  return TransformedTiles{conv.filters / conv.block, parts.tiles.at_once, conv.block}.numbers(conv) +
         TransformedTiles{parts.input_groups, parts.tiles.at_once, conv.block}.numbers(conv) +
         conv.places() * winograd_weight_place(conv.filters, parts.input_groups * conv.block);
}
void winograd_weight_grad(const WinogradConv& conv, int rows, Numbers x, Numbers dy, float* dw,
                          float* scratch) {
  HWY_DYNAMIC_DISPATCH(WinogradGradient)(conv, rows, x, dy, dw, scratch);
}

}  // namespace doppel::nn::engine
#endif
