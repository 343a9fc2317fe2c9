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

/// The outputs of a phase, or all where it's no transposed convolution.
template <int kBlock, int kKernel, class T>
void TransformOutputs(const WinogradConv& conv, const WinogradTiles& tiles, int first, int count, int phase,
                      const TransformedTiles& layout, const float* HWY_RESTRICT from, const Finish& finish,
                      T* y) {
  namespace hn = hwy::HWY_NAMESPACE;
  constexpr int kOut = kWinogradOutputs, kTile = kOut + (kKernel == 4 ? 2 : kKernel) - 1;
  const BlockTag<kBlock> d;
  using V = hn::Vec<BlockTag<kBlock>>;
  const WinogradSteps<BlockTag<kBlock>, kTile> steps{d};
  const int every = conv.transposed ? 2 : 1;
  const BlockedPlanes<T> to{y, layout.groups, conv.out_h, conv.out_w};
  const std::size_t place = layout.place();
  const auto slope = hn::Set(d, finish.slope);
  for (int group = 0; group < layout.groups; ++group) {
    const auto bias = finish.bias ? hn::LoadU(d, finish.bias + group * kBlock) : hn::Zero(d);
    for (int t = 0; t < count; ++t) {
      const TilePlace tile(tiles, first + t);
      const int y0 = every * tile.y + phase / 2, x0 = every * tile.x + phase % 2;
      const Inside inside(y0, x0, kOut, every, conv.out_h, conv.out_w);
      T* const origin = to.template Pixel<kBlock>(tile.row, group, y0, x0);
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
            StoreFloats(v, d, origin + (static_cast<std::ptrdiff_t>(py) * conv.out_w + px) * every * kBlock);
          });
    }
  }
}

template <int kBlock, int kKernel, class TX, class TY>
void Convolve(const WinogradConv& conv, int rows, const TX* x, const float* weights, const Finish& finish,
              TY* y, float* scratch) {
  const WinogradTiles tiles = winograd_tiles(conv, rows);
  const int input_groups = conv.phases_in() * conv.inputs / kBlock, filter_groups = conv.filters / kBlock;
  const TransformedTiles in{input_groups, tiles.at_once, kBlock}, out{filter_groups, tiles.at_once, kBlock};
  float* const sums = scratch + in.numbers(conv);
  for (int first = 0; first < tiles.all; first += tiles.at_once) {
    const int count = std::min(tiles.at_once, tiles.all - first);
    const float* next = weights;
    for (int phase = 0; phase < conv.phases_out(); ++phase) {
      TransformInputs<kBlock, kKernel>(conv, tiles, first, count, x, 0, phase, in, scratch);
      for (std::size_t place = 0; place < conv.places(); ++place, next += winograd_weight_place(conv))
        MultiplyPlace<kBlock>(
            {next, scratch + place * in.place(), sums + place * out.place(),
             static_cast<std::size_t>(input_groups) * kBlock * kBlock, in.group(), input_groups},
            filter_groups, count);
      TransformOutputs<kBlock, kKernel>(conv, tiles, first, count, phase, out, sums, finish, y);
    }
  }
}

/// Which of a kernel's weights belong to a phase: from (y, x) on, kEvery apart.
template <int kEvery>
struct PhaseTaps {
  int y, x;

  /// A phase of the input, or of a transposed convolution's output.
  PhaseTaps(const WinogradConv& conv, int phase) : y(phase / kEvery), x(phase % kEvery) {
    if (!conv.transposed) return;
    y = (y + conv.top) % kEvery;
    x = (x + conv.left) % kEvery;
  }
};

/// `from(filter, input)` gives where a kernel's weights begin; `flipped`: turned by half a turn. All of
/// `conv`'s shape, [phases out, places, filter groups, phases in, inputs, block].
template <int kBlock, int kKernel, class From>
void LoadWeights(const WinogradConv& conv, bool flipped, const From& from, float* to) {
  namespace hn = hwy::HWY_NAMESPACE;
  constexpr int kEvery = kKernel == 4 ? 2 : 1, kSide = kKernel / kEvery, kTaps = kKernel * kKernel,
                kTile = kWinogradOutputs + kSide - 1;
  const BlockTag<kBlock> d;
  using V = hn::Vec<BlockTag<kBlock>>;
  const WinogradSteps<BlockTag<kBlock>, kTile> steps{d};
  const std::size_t place = winograd_weight_place(conv);
  HWY_ALIGN float taps[kTaps * kBlock];
  for (int f = 0; f < conv.filters / kBlock; ++f)
    for (int i = 0; i < conv.inputs; ++i) {
      for (int c = 0; c < kBlock; ++c) {
        const float* const weights = from(f * kBlock + c, i);
#pragma GCC unroll 25
        for (int tap = 0; tap < kTaps; ++tap) taps[tap * kBlock + c] = weights[tap];
      }
      for (int phase = 0; phase < conv.phases(); ++phase) {
        const PhaseTaps<kEvery> first(conv, phase);
        float* const out = to + winograd_weight_offset(conv, phase, f * kBlock, i);
        BothDirections<kSide, kTile>(
            d,
            [&](int y, int x) HWY_ATTR {
              const int row = kEvery * (flipped ? kSide - 1 - y : y) + first.y,
                        column = kEvery * (flipped ? kSide - 1 - x : x) + first.x;
              return hn::Load(d, taps + (row * kKernel + column) * kBlock);
            },
            [&](const V* line, V* places) HWY_ATTR { steps.template Weights<kSide>(line, places); },
            [&](int y, int x, V v) HWY_ATTR {
              // They are more than the cache holds.
              hn::Stream(v, d, out + static_cast<std::size_t>(y * kTile + x) * place);
            });
      }
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
  return static_cast<std::size_t>(conv.phases_out()) * conv.places() * winograd_weight_place(conv);
}
void winograd_load(const WinogradConv& conv, const float* weights, float* to) {
  HWY_DYNAMIC_DISPATCH(WinogradLoad)(conv, false, weights, to);
}
void winograd_load_back(const WinogradConv& conv, const float* weights, float* to) {
  HWY_DYNAMIC_DISPATCH(WinogradLoad)(conv, true, weights, to);
}

std::size_t winograd_scratch(const WinogradConv& conv, int rows) {
  const int at_once = winograd_tiles(conv, rows).at_once;
  return TransformedTiles{conv.phases_in() * conv.inputs / conv.block, at_once, conv.block}.numbers(conv) +
         TransformedTiles{conv.filters / conv.block, at_once, conv.block}.numbers(conv);
}
void winograd_conv(const WinogradConv& conv, int rows, Numbers x, const float* weights, const float* bias,
                   float slope, Numbers y, float* scratch) {
  HWY_DYNAMIC_DISPATCH(WinogradForward)(conv, rows, x, weights, bias, slope, y, scratch);
}

}  // namespace doppel::nn::engine
#endif
