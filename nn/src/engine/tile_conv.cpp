// Forward, and what dy says of x: for each 32 positions and 32 channels that come out, four tiles of sums
// over all taps and channels that go in, 32 of them at a time. Those of one chunk lie side by side, a line of
// the cache for each position, so that taps read the first cache again.
#include "tile_conv.h"

#include <algorithm>
#include <cstring>

#include "tile_memory.h"

namespace doppel::nn::engine {
namespace {

constexpr std::size_t kTile = 512;   ///< numbers of bfloat16
constexpr std::size_t kSums = 256;   ///< floats
constexpr int kTwo = 2 * kTileSide;  ///< positions, or channels that come out, of a step
constexpr std::size_t kPackedBytes = std::size_t{512} << 10;  ///< of planes: they stay in the second cache

std::size_t chunks_of(int channels) {
  return (static_cast<std::size_t>(channels) + kTileDepth - 1) / kTileDepth;
}

/// A tap's pixels of the first chunk and position, and its weights of the first chunk.
struct TapStart {
  const std::uint16_t *pixels, *weights;
};
struct TapStarts {
  const TapStart* taps;
  std::size_t count, chunks;
  std::size_t chunk_pixels, chunk_weights;  ///< numbers from one chunk to the next
};

/// `sums` [2 of positions, 2 of channels that come out, 16, 16] = the products of 32 positions with 32
/// columns of weights.
DOPPEL_TILES void multiply(const TapStarts& all, std::size_t position, float* sums) {
  clear_tile<0>();
  clear_tile<1>();
  clear_tile<2>();
  clear_tile<3>();
  for (std::size_t chunk = 0; chunk < all.chunks; ++chunk)
    for (const TapStart* tap = all.taps; tap != all.taps + all.count; ++tap) {
      const std::uint16_t* const rows = tap->pixels + chunk * all.chunk_pixels + position * kTileDepth;
      const std::uint16_t* const pairs = tap->weights + chunk * all.chunk_weights;
      load_tile<4>(rows, kTileLine);
      load_tile<6>(pairs, kTileLine);
      add_tile_product<0, 4, 6>();
      load_tile<7>(pairs + kTile, kTileLine);
      add_tile_product<1, 4, 7>();
      load_tile<5>(rows + kTile, kTileLine);
      add_tile_product<2, 5, 6>();
      add_tile_product<3, 5, 7>();
    }
  store_tile<0>(sums, kTileLine);
  store_tile<1>(sums + kSums, kTileLine);
  store_tile<2>(sums + 2 * kSums, kTileLine);
  store_tile<3>(sums + 3 * kSums, kTileLine);
}

DOPPEL_TILES inline void store_values(__m512 v, float* to) { _mm512_storeu_ps(to, v); }
DOPPEL_TILES inline void store_values(__m512 v, std::uint16_t* to) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), rounded_to_bf16(v));
}

}  // namespace

struct TilePass::Memory {
  int *read, *written;  ///< see TileGrid
  TapStart* starts;
  std::uint16_t* planes;
  float* sums;
  std::size_t bytes;
};

/// What sums become.
struct TilePass::Finish {
  const float* bias;  ///< or null
  float slope;

  /// A tile of 16 channels, from `block` on, goes to where its 16 pixels lie.
  template <class Number>
  DOPPEL_TILES void write(const float* sums, const int* pixels, std::size_t block, Number* to) const {
    const __m512 shift = bias ? _mm512_loadu_ps(bias + block * kPixelChannels) : _mm512_setzero_ps(),
                 slopes = _mm512_set1_ps(slope), zero = _mm512_setzero_ps();
    for (std::size_t i = 0; i < kTileSide; ++i) {
      if (pixels[i] < 0) continue;
      const __m512 v = _mm512_add_ps(_mm512_loadu_ps(sums + i * kTileSide), shift);
      store_values(_mm512_mask_mul_ps(v, _mm512_cmp_ps_mask(v, zero, _CMP_LT_OQ), v, slopes),
                   to + static_cast<std::size_t>(pixels[i]) * kPixelChannels);
    }
  }
};

TilePass::TilePass(TileGrid grid, int from, int to, int taps)
    : grid_(grid), from_(from), to_(to), taps_(taps) {}

TilePass TilePass::forward(const TileConv& conv) {
  TilePass pass(forward_grid(conv), conv.inputs, conv.filters, conv.window.kernel_h * conv.window.kernel_w);
  pass.phases_ = {forward_phase(conv, pass.grid_)};
  return pass;
}

TilePass TilePass::data_grad(const TileConv& conv) {
  TilePass pass(data_grad_grid(conv), conv.filters, conv.inputs, conv.window.kernel_h * conv.window.kernel_w);
  pass.phases_ = data_grad_phases(conv, pass.grid_);
  return pass;
}

std::size_t TilePass::chunks() const { return chunks_of(from_); }

int TilePass::most_positions() const {
  const std::size_t position =
      static_cast<std::size_t>(grid_.planes()) * chunks() * kTileDepth * sizeof(std::uint16_t);
  return std::max(kTwo, static_cast<int>(kPackedBytes / position));
}

TilePass::Memory TilePass::memory(const TileStretch& stretch, void* scratch) const {
  Pieces pieces(scratch);
  const auto stored = static_cast<std::size_t>(grid_.stored(stretch));
  Memory memory{
      pieces.take<int>(stored),
      pieces.take<int>(static_cast<std::size_t>(grid_.positions(stretch))),
      pieces.take<TapStart>(static_cast<std::size_t>(taps_)),
      pieces.take<std::uint16_t>(static_cast<std::size_t>(grid_.planes()) * chunks() * stored * kTileDepth),
      pieces.take<float>(4 * kSums),
      0};
  memory.bytes = pieces.taken();
  return memory;
}

std::size_t TilePass::scratch(int rows) const {
  std::size_t bytes = 0;
  grid_.in_stretches(rows, most_positions(), [&](const TileStretch& stretch) {
    bytes = std::max(bytes, memory(stretch, nullptr).bytes);
  });
  return bytes;
}

/// memory.planes [planes, chunks, stored, 32] = pixels of blocks, zeros beyond the image and the last block.
template <class Number>
DOPPEL_TILES void TilePass::pack(const TileStretch& stretch, const Number* from, const Memory& memory) const {
  const std::size_t stored = static_cast<std::size_t>(grid_.stored(stretch)),
                    groups = static_cast<std::size_t>(from_) / kPixelChannels,
                    pixels = static_cast<std::size_t>(grid_.y.in) * static_cast<std::size_t>(grid_.x.in);
  std::uint16_t* to = memory.planes;
  for (int plane = 0; plane < grid_.planes(); ++plane) {
    grid_.read_pixels(plane, stretch, static_cast<int>(groups), memory.read);
    for (std::size_t group = 0; group < groups; group += 2) {
      const Number* const first = from + group * pixels * kPixelChannels;
      const Number* const second = group + 1 < groups ? first + pixels * kPixelChannels : nullptr;
      for (std::size_t at = 0; at < stored; ++at, to += kTileDepth) {
        _mm256_store_si256(reinterpret_cast<__m256i*>(to), bf16_pixel(first, memory.read[at]));
        _mm256_store_si256(reinterpret_cast<__m256i*>(to) + 1,
                           second ? bf16_pixel(second, memory.read[at]) : _mm256_setzero_si256());
      }
    }
  }
}

/// All that come out of a phase of a stretch, of which the planes are packed.
template <class Number>
void TilePass::multiply_all(const TilePhase& phase, const TileStretch& stretch, const std::uint16_t* weights,
                            const Finish& finish, const Memory& memory, Number* to) const {
  const std::size_t chunk_pixels = static_cast<std::size_t>(grid_.stored(stretch)) * kTileDepth,
                    chunk_weights = static_cast<std::size_t>(taps_) * 2 * kTile,
                    blocks = static_cast<std::size_t>(to_) / kPixelChannels,
                    positions = static_cast<std::size_t>(grid_.positions(stretch)),
                    pixels = static_cast<std::size_t>(phase.y.size) * static_cast<std::size_t>(phase.x.size);
  grid_.written_pixels(phase.y, phase.x, stretch, static_cast<int>(blocks), memory.written);
  for (std::size_t block = 0; block < blocks; block += 2, weights += chunks() * chunk_weights) {
    TapStart* start = memory.starts;
    for (const TileTap& tap : phase.taps)
      *start++ = {memory.planes + static_cast<std::size_t>(tap.plane) * chunks() * chunk_pixels +
                      tap.shift * kTileDepth,
                  weights + static_cast<std::size_t>(tap.weight) * 2 * kTile};
    const TapStarts all{memory.starts, phase.taps.size(), chunks(), chunk_pixels, chunk_weights};
    for (std::size_t at = 0; at < positions; at += kTwo) {
      multiply(all, at, memory.sums);
      for (std::size_t tile = 0; tile < 4; ++tile)
        if (const std::size_t made = block + tile % 2; made < blocks)
          finish.write(memory.sums + tile * kSums, memory.written + at + tile / 2 * kTileSide, made,
                       to + made * pixels * kPixelChannels);
    }
  }
}

void TilePass::run(int rows, Numbers from, const std::uint16_t* weights, const float* bias, float slope,
                   Numbers to, void* scratch) const {
  const std::size_t in_pixels = static_cast<std::size_t>(grid_.y.in) * static_cast<std::size_t>(grid_.x.in),
                    out_pixels = static_cast<std::size_t>(phases_[0].y.size) *
                                 static_cast<std::size_t>(phases_[0].x.size),
                    in_row = in_pixels * static_cast<std::size_t>(from_),
                    out_row = out_pixels * static_cast<std::size_t>(to_);
  const Finish finish{bias, slope};
  const TileScope scope;
  grid_.in_stretches(rows, most_positions(), [&](const TileStretch& stretch) {
    const Memory memory = this->memory(stretch, scratch);
    const auto row = static_cast<std::size_t>(stretch.row);
    typed(from, [&](const auto* values) { pack(stretch, values + row * in_row, memory); });
    typed(to, [&](auto* values) {
      for (const TilePhase& phase : phases_)
        multiply_all(phase, stretch, weights, finish, memory, values + row * out_row);
    });
  });
}

std::size_t tile_weights(int taps, int from, int to) {
  return chunks_of(to) * chunks_of(from) * static_cast<std::size_t>(taps) * 2 * kTile;
}

void pack_tile_weights(int taps, int from, int to, const std::uint16_t* weights, std::uint16_t* packed) {
  constexpr std::size_t kHalf = kTile / 2;  // a block's 16 rows
  const std::size_t groups = static_cast<std::size_t>(from) / kPixelChannels,
                    blocks = static_cast<std::size_t>(to) / kPixelChannels,
                    all = static_cast<std::size_t>(taps);
  for (std::size_t two = 0; two < blocks; two += 2)
    for (std::size_t chunk = 0; chunk < groups; chunk += 2)
      for (std::size_t tap = 0; tap < all; ++tap)
        for (std::size_t part = 0; part < 4; ++part, packed += kHalf) {
          const std::size_t block = two + part / 2, group = chunk + part % 2;
          if (block < blocks && group < groups)
            std::memcpy(packed, weights + ((block * groups + group) * all + tap) * kHalf,
                        kHalf * sizeof(*packed));
          else
            std::memset(packed, 0, kHalf * sizeof(*packed));
        }
}

}  // namespace doppel::nn::engine
