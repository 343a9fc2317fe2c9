// Each place of the tiles is a product of matrices of its own: [filters, inputs] by [inputs, tiles]. Channels
// of a block fill a register.
#include "winograd.h"

#include <algorithm>
#include <stdexcept>
#include <type_traits>

#include "winograd_sizes.h"

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/winograd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "winograd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

int WinogradBlock() {
  const int lanes = static_cast<int>(hwy::HWY_NAMESPACE::Lanes(BlockTag<16>()));
  return lanes >= 8 ? lanes : 0;
}

#if HWY_TARGET != HWY_SCALAR

/// Tiles that a product keeps in registers: as many as there are, less what it reads.
#if HWY_TARGET <= HWY_AVX3
constexpr int kMostTiles = 14;
#else
constexpr int kMostTiles = 6;
#endif

/// What the products of one place read and write.
struct PlaceProduct {
  const float* weights;                  ///< [filter groups, inputs, block]
  const float* inputs;                   ///< [input groups, tiles, block]
  float* outputs;                        ///< [filter groups, tiles, block]
  std::size_t weight_group, tile_group;  ///< from one group to the next
  int input_groups;
};

/// Outputs of kTiles tiles and kGroups groups of filters: all inputs are summed up in registers.
template <int kBlock, int kGroups, int kTiles>
void MultiplyTiles(const PlaceProduct& p) {
  namespace hn = hwy::HWY_NAMESPACE;
  const BlockTag<kBlock> d;
  hn::Vec<decltype(d)> sums[kGroups][kTiles];
#pragma GCC unroll 2
  for (int g = 0; g < kGroups; ++g)
#pragma GCC unroll 16
    for (int t = 0; t < kTiles; ++t) sums[g][t] = hn::Zero(d);
  const float* HWY_RESTRICT weights = p.weights;
  for (int group = 0; group < p.input_groups; ++group) {
    const float* HWY_RESTRICT inputs = p.inputs + static_cast<std::size_t>(group) * p.tile_group;
    for (int c = 0; c < kBlock; ++c, weights += kBlock, ++inputs) {
      hn::Vec<decltype(d)> w[kGroups];
#pragma GCC unroll 2
      for (int g = 0; g < kGroups; ++g)
        w[g] = hn::LoadU(d, weights + static_cast<std::size_t>(g) * p.weight_group);
#pragma GCC unroll 16
      for (int t = 0; t < kTiles; ++t) {
        const auto v = hn::Set(d, inputs[t * kBlock]);
#pragma GCC unroll 2
        for (int g = 0; g < kGroups; ++g) sums[g][t] = hn::MulAdd(w[g], v, sums[g][t]);
      }
    }
  }
#pragma GCC unroll 2
  for (int g = 0; g < kGroups; ++g)
#pragma GCC unroll 16
    for (int t = 0; t < kTiles; ++t)
      hn::StoreU(sums[g][t], d, p.outputs + static_cast<std::size_t>(g) * p.tile_group + t * kBlock);
}

/// The same for a number of tiles that is known only here.
template <int kBlock, int kGroups, int kTiles = kMostTiles>
void MultiplySome(const PlaceProduct& p, int tiles) {
  if constexpr (kTiles > 1) {
    if (tiles < kTiles) return MultiplySome<kBlock, kGroups, kTiles - 1>(p, tiles);
  }
  MultiplyTiles<kBlock, kGroups, kTiles>(p);
}

/// All outputs of one place, of `count` tiles.
template <int kBlock>
void MultiplyPlace(const PlaceProduct& all, int filter_groups, int count) {
  const int parts = (count + kMostTiles - 1) / kMostTiles;
  for (int g = 0; g < filter_groups; g += kFilterGroups)
    for (int part = 0; part < parts; ++part) {
      const int first = count * part / parts, last = count * (part + 1) / parts;
      PlaceProduct p = all;
      p.weights += static_cast<std::size_t>(g) * all.weight_group;
      p.inputs += static_cast<std::ptrdiff_t>(first) * kBlock;
      p.outputs += static_cast<std::size_t>(g) * all.tile_group + static_cast<std::size_t>(first) * kBlock;
      if (g + 1 < filter_groups)
        MultiplySome<kBlock, kFilterGroups>(p, last - first);
      else
        MultiplySome<kBlock, 1>(p, last - first);
    }
}

/// What becomes of sums before they are stored.
struct Finish {
  const float* bias;  ///< null: none
  float slope;        ///< of a rectifier; 1: none
};

template <int kBlock, int kKernel, class T>
void TransformOutputs(const WinogradConv& conv, const WinogradTiles& tiles, int first, int count,
                      const TransformedTiles& layout, const float* HWY_RESTRICT from, const Finish& finish,
                      T* y) {
  namespace hn = hwy::HWY_NAMESPACE;
  constexpr int kOut = kWinogradOutputs, kTile = kOut + kKernel - 1;
  const BlockTag<kBlock> d;
  using V = hn::Vec<BlockTag<kBlock>>;
  const WinogradSteps<BlockTag<kBlock>, kTile> steps{d};
  const BlockedPlanes<T> to{y, layout.groups, conv.out_h, conv.out_w};
  const std::size_t place = layout.place();
  const auto slope = hn::Set(d, finish.slope);
  for (int group = 0; group < layout.groups; ++group) {
    const auto bias = finish.bias ? hn::LoadU(d, finish.bias + group * kBlock) : hn::Zero(d);
    for (int t = 0; t < count; ++t) {
      const TilePlace tile(tiles, first + t);
      const Inside inside(tile.y, tile.x, kOut, conv.out_h, conv.out_w);
      T* const origin = to.template Pixel<kBlock>(tile.row, group, tile.y, tile.x);
      const float* const in =
          from + static_cast<std::size_t>(group) * layout.group() + static_cast<std::size_t>(t) * kBlock;
      BothDirections<kTile, kOut>(
          d,
          [&](int py, int px)
              HWY_ATTR { return hn::LoadU(d, in + static_cast<std::size_t>(py * kTile + px) * place); },
          [&](const V* line, V* out) HWY_ATTR { steps.template Output<kOut>(line, out); },
          [&](int py, int px, V v) HWY_ATTR {
            if (py >= inside.bottom || px >= inside.right) return;
            v = hn::Add(v, bias);
            // What is no number stays none.
            v = hn::IfThenElse(hn::Lt(v, hn::Zero(d)), hn::Mul(v, slope), v);
            StoreFloats(v, d, origin + (static_cast<std::ptrdiff_t>(py) * conv.out_w + px) * kBlock);
          });
    }
  }
}

template <int kBlock, int kKernel, class TX, class TY>
void Convolve(const WinogradConv& conv, int rows, const TX* x, const float* weights, const Finish& finish,
              TY* y, float* scratch) {
  const WinogradTiles tiles = winograd_tiles(conv, rows);
  const int input_groups = conv.inputs / kBlock, filter_groups = conv.filters / kBlock;
  const TransformedTiles in{input_groups, tiles.at_once, kBlock}, out{filter_groups, tiles.at_once, kBlock};
  float* const sums = scratch + in.numbers(conv);
  for (int first = 0; first < tiles.all; first += tiles.at_once) {
    const int count = std::min(tiles.at_once, tiles.all - first);
    TransformInputs<kBlock, kWinogradOutputs + kKernel - 1>(conv, tiles, first, count, x, 0, in, scratch);
    for (std::size_t place = 0; place < conv.places(); ++place)
      MultiplyPlace<kBlock>({weights + place * winograd_weight_place(conv.filters, conv.inputs),
                             scratch + place * in.place(), sums + place * out.place(),
                             static_cast<std::size_t>(conv.inputs) * kBlock, in.group(), input_groups},
                            filter_groups, count);
    TransformOutputs<kBlock, kKernel>(conv, tiles, first, count, out, sums, finish, y);
  }
}

/// `from(filter, input)` gives where a kernel's weights begin; `flipped`: turned by half a turn. All of
/// `conv`'s shape, [filter groups, inputs, block] for each place.
template <int kBlock, int kKernel, class From>
void LoadWeights(const WinogradConv& conv, bool flipped, const From& from, float* to) {
  namespace hn = hwy::HWY_NAMESPACE;
  constexpr int kTaps = kKernel * kKernel, kTile = kWinogradOutputs + kKernel - 1;
  const BlockTag<kBlock> d;
  using V = hn::Vec<BlockTag<kBlock>>;
  const WinogradSteps<BlockTag<kBlock>, kTile> steps{d};
  const std::size_t place = winograd_weight_place(conv.filters, conv.inputs);
  HWY_ALIGN float taps[kTaps * kBlock];
  for (int f = 0; f < conv.filters / kBlock; ++f)
    for (int i = 0; i < conv.inputs; ++i, to += kBlock) {
      for (int c = 0; c < kBlock; ++c) {
        const float* const weights = from(f * kBlock + c, i);
#pragma GCC unroll 25
        for (int tap = 0; tap < kTaps; ++tap) taps[tap * kBlock + c] = weights[tap];
      }
      BothDirections<kKernel, kTile>(
          d,
          [&](int y, int x) HWY_ATTR {
            const int tap = y * kKernel + x;
            return hn::Load(d, taps + (flipped ? kTaps - 1 - tap : tap) * kBlock);
          },
          [&](const V* line, V* out) HWY_ATTR { steps.template Weights<kKernel>(line, out); },
          [&](int y, int x, V v) HWY_ATTR {
            // They are more than the cache holds.
            hn::Stream(v, d, to + static_cast<std::size_t>(y * kTile + x) * place);
          });
    }
}

void WinogradLoad(const WinogradConv& conv, bool back, const float* weights, float* to) {
  const WinogradConv shape = back ? conv.back() : conv;
  OfShape(conv, [&](auto block, auto kernel) {
    LoadWeights<block(), kernel()>(
        shape, back,
        [&](int filter, int input) {
          const auto own = static_cast<std::size_t>(back ? input : filter),
                     other = static_cast<std::size_t>(back ? filter : input);
          return weights + (own * static_cast<std::size_t>(conv.inputs) + other) * kernel() * kernel();
        },
        to);
  });
}

void WinogradForward(const WinogradConv& conv, int rows, const Numbers& x, const float* weights,
                     const float* bias, float slope, const Numbers& y, float* scratch) {
  OfShape(conv, [&](auto block, auto kernel) {
    Typed(x, y, [&](auto* px, auto* py) {
      Convolve<block(), kernel()>(conv, rows, px, weights, {bias, slope}, py, scratch);
    });
  });
}

#else

[[noreturn]] void NoWinograd() { throw std::logic_error("no Winograd on this processor"); }
void WinogradLoad(const WinogradConv&, bool, const float*, float*) { NoWinograd(); }
void WinogradForward(const WinogradConv&, int, const Numbers&, const float*, const float*, float,
                     const Numbers&, float*) {
  NoWinograd();
}

#endif
}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(WinogradBlock);
HWY_EXPORT(WinogradLoad);
HWY_EXPORT(WinogradForward);

int winograd_block() { return HWY_DYNAMIC_DISPATCH(WinogradBlock)(); }

std::size_t winograd_weights(const WinogradConv& conv) {
  return conv.places() * winograd_weight_place(conv.filters, conv.inputs);
}
void winograd_load(const WinogradConv& conv, const float* weights, float* to) {
  HWY_DYNAMIC_DISPATCH(WinogradLoad)(conv, false, weights, to);
}
void winograd_load_back(const WinogradConv& conv, const float* weights, float* to) {
  HWY_DYNAMIC_DISPATCH(WinogradLoad)(conv, true, weights, to);
}

std::size_t winograd_scratch(const WinogradConv& conv, int rows) {
  const int at_once = winograd_tiles(conv, rows).at_once;
  return TransformedTiles{conv.inputs / conv.block, at_once, conv.block}.numbers(conv) +
         TransformedTiles{conv.filters / conv.block, at_once, conv.block}.numbers(conv);
}
void winograd_conv(const WinogradConv& conv, int rows, Numbers x, const float* weights, const float* bias,
                   float slope, Numbers y, float* scratch) {
  HWY_DYNAMIC_DISPATCH(WinogradForward)(conv, rows, x, weights, bias, slope, y, scratch);
}

}  // namespace doppel::nn::engine
#endif
