// What Winograd's algorithm keeps in memory at once.
#pragma once

#include <algorithm>
#include <cstddef>

#include "winograd.h"

namespace doppel::nn::engine {

/// Numbers that lie between places, so that those of one tile don't fall on each other in the cache.
inline constexpr std::size_t kWinogradGap = 16;

/// [places, groups, tiles, block] numbers: what tiles are transformed to.
struct TransformedTiles {
  int groups, tiles, block;

  std::size_t group() const { return static_cast<std::size_t>(tiles) * static_cast<std::size_t>(block); }
  std::size_t place() const { return static_cast<std::size_t>(groups) * group() + kWinogradGap; }
  std::size_t numbers(const WinogradConv& conv) const { return conv.places() * place(); }
};

/// From one place's weights, or their sums, to the next place's: [filter groups, inputs, block].
inline std::size_t winograd_weight_place(int filters, int inputs) {
  return static_cast<std::size_t>(filters) * static_cast<std::size_t>(inputs) + kWinogradGap;
}
/// The same of all a convolution's weights, whose inputs are [phases in, inputs].
inline std::size_t winograd_weight_place(const WinogradConv& conv) {
  return winograd_weight_place(conv.filters, conv.phases_in() * conv.inputs);
}
/// Where the weights of a block of filters and an input of a phase lie at the first place.
inline std::size_t winograd_weight_offset(const WinogradConv& conv, int phase, int filter, int input) {
  const auto inputs = static_cast<std::size_t>(conv.inputs);
  const std::size_t row = static_cast<std::size_t>(filter) * inputs +
                          static_cast<std::size_t>(input) * static_cast<std::size_t>(conv.block);
  if (conv.transposed)
    return static_cast<std::size_t>(phase) * conv.places() * winograd_weight_place(conv) + row;
  const std::size_t block = inputs * static_cast<std::size_t>(conv.block);
  return static_cast<std::size_t>(filter) * inputs * static_cast<std::size_t>(conv.phases_in()) +
         static_cast<std::size_t>(phase) * block +
         static_cast<std::size_t>(input) * static_cast<std::size_t>(conv.block);
}

/// How a shard's tiles are split.
struct WinogradTiles {
  int across, down;  ///< of one row of the batch
  int all;           ///< of the shard
  int at_once;

  WinogradTiles(const WinogradConv& conv, int rows) {
    const int step = kWinogradOutputs * (conv.transposed ? conv.stride() : 1);
    across = (conv.out_w + step - 1) / step;
    down = (conv.out_h + step - 1) / step;
    all = rows * across * down;
    at_once = all;
  }
  /// About `most` at once, in equal parts.
  void split(std::size_t most) {
    const int parts = static_cast<int>((static_cast<std::size_t>(all) + most - 1) / most);
    at_once = (all + parts - 1) / parts;
  }
};

/// Tiles whose inputs and outputs stay in the second cache; but not so few that the weights, which don't,
/// are waited for.
inline WinogradTiles winograd_tiles(const WinogradConv& conv, int rows) {
  constexpr std::size_t kBytes = std::size_t{512} << 10, kLeast = 28;
  const auto channels = static_cast<std::size_t>(conv.inputs * conv.phases_in() + conv.filters);
  const std::size_t bytes = conv.places() * sizeof(float) * channels;
  WinogradTiles tiles(conv, rows);
  const std::size_t least = std::max(kLeast, channels / 8);
  tiles.split(std::max(kBytes / bytes, least));
  return tiles;
}

/// What the gradient of the weights works on: some groups of inputs, of all phases, at a time, so that the
/// sums of all their places stay in the cache, over some tiles at a time.
struct WinogradGradParts {
  WinogradTiles tiles;
  int input_groups;  ///< at once

  WinogradGradParts(const WinogradConv& conv, int rows) : tiles(winograd_tiles(conv, rows)) {
    constexpr std::size_t kSums = std::size_t{4} << 20, kTiles = std::size_t{16} << 20, kLeast = 64;
    const int groups = conv.phases_in() * conv.inputs / conv.block;
    const std::size_t filters = conv.places() * sizeof(float) * static_cast<std::size_t>(conv.filters),
                      one_group = filters * static_cast<std::size_t>(conv.block);
    input_groups = std::clamp(static_cast<int>(kSums / one_group), 1, groups);
    const int parts = (groups + input_groups - 1) / input_groups;
    input_groups = (groups + parts - 1) / parts;
    // Where there are several parts, each transforms the tiles of dy anew, unless they all fit.
    if (parts > 1) tiles.split(std::max(kTiles / filters, kLeast));
  }
};

}  // namespace doppel::nn::engine
