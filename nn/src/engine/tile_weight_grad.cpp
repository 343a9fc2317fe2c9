// The weights' gradient: for each tap a product of two matrices, [inputs, positions] and [positions,
// filters]. x is packed channel by channel, so that a tap is a shift along its lines; dy in pairs of
// positions, with zeros where there is no output. A square of the gradient that stays in the second cache is
// done at a time.
#include <algorithm>
#include <cmath>

#include "tile_conv.h"
#include "tile_memory.h"

namespace doppel::nn::engine {
namespace {

constexpr std::size_t kSquare = kPixelChannels * kPixelChannels;  ///< floats of a tap between two blocks
constexpr std::size_t kSquareBytes = std::size_t{512} << 10, kPackedXyBytes = std::size_t{256} << 10;
constexpr int kPairOfBlocks = 32;

/// Positions of a line of x: an odd number of the cache's lines, so that 16 of them don't meet in one set.
std::size_t line_of(int stored) {
  constexpr std::size_t kCacheLine = 32;
  const std::size_t lines = (static_cast<std::size_t>(stored) + kCacheLine - 1) / kCacheLine;
  return (lines + (lines % 2 == 0 ? 1 : 0)) * kCacheLine;
}

/// `to`, whose lines lie `line` numbers apart, = 16 channels of 16 pixels, channel by channel.
template <class Number>
DOPPEL_TILES void turn(const Number* from, const int* pixels, std::uint16_t* to, std::size_t line) {
  // Pairs of pixels; then of each channel two pairs, four, and all eight.
  __m512i p[8], t[8];
  for (int i = 0; i < 8; ++i)
    p[i] = pixel_pairs(bf16_pixel(from, pixels[2 * i]), bf16_pixel(from, pixels[2 * i + 1]));
  for (int i = 0; i < 8; i += 2) {
    t[i] = _mm512_unpacklo_epi32(p[i], p[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(p[i], p[i + 1]);
  }
  for (int i = 0; i < 8; i += 4)
    for (int k = 0; k < 2; ++k) {
      p[i + 2 * k] = _mm512_unpacklo_epi64(t[i + k], t[i + k + 2]);
      p[i + 2 * k + 1] = _mm512_unpackhi_epi64(t[i + k], t[i + k + 2]);
    }
  // A quarter of a register has a channel: 4 · quarter + k.
  const __m512i low = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11),
                high = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  for (std::size_t k = 0; k < 4; ++k)
    for (std::size_t half = 0; half < 2; ++half) {
      const __m512i two = _mm512_permutex2var_epi64(p[k], half == 0 ? low : high, p[k + 4]);
      std::uint16_t* const at = to + (8 * half + k) * line;
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), _mm512_castsi512_si256(two));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(at + 4 * line), _mm512_extracti64x4_epi64(two, 1));
    }
}

/// Two blocks of one side; the second may not be there.
struct TwoBlocks {
  const std::uint16_t *first, *second;
};

/// sums[x block][dy block] += the products over all positions.
DOPPEL_TILES void add_products(const TwoBlocks& x, std::size_t line, const TwoBlocks& dy,
                               std::size_t positions, float* const (&sums)[2][2]) {
  const auto x_stride = static_cast<std::ptrdiff_t>(line * sizeof(std::uint16_t));
  load_tile<0>(sums[0][0], kTileLine);
  load_tile<1>(sums[0][1], kTileLine);
  load_tile<2>(sums[1][0], kTileLine);
  load_tile<3>(sums[1][1], kTileLine);
  for (std::size_t at = 0; at < positions; at += kTileDepth) {
    load_tile<4>(x.first + at, x_stride);
    load_tile<6>(dy.first + at * kPixelChannels, kTileLine);
    add_tile_product<0, 4, 6>();
    load_tile<7>(dy.second + at * kPixelChannels, kTileLine);
    add_tile_product<1, 4, 7>();
    load_tile<5>(x.second + at, x_stride);
    add_tile_product<2, 5, 6>();
    add_tile_product<3, 5, 7>();
  }
  store_tile<0>(sums[0][0], kTileLine);
  store_tile<1>(sums[0][1], kTileLine);
  store_tile<2>(sums[1][0], kTileLine);
  store_tile<3>(sums[1][1], kTileLine);
}

}  // namespace

/// Some channels, whole blocks.
struct TileWeightGrad::Channels {
  int first, count;
  std::size_t first_block() const { return static_cast<std::size_t>(first) / kPixelChannels; }
  std::size_t blocks() const { return static_cast<std::size_t>(count) / kPixelChannels; }
};

struct TileWeightGrad::Memory {
  int *read, *written;  ///< see TileGrid
  std::uint16_t *x, *dy;
  float* unwanted;  ///< sums with a block that isn't there
  std::size_t bytes;
};

TileWeightGrad::TileWeightGrad(const TileConv& conv)
    : conv_(conv), grid_(forward_grid(conv)), forward_(forward_phase(conv, grid_)) {}

/// Channels of x, and of dy, that are worked on at once.
int TileWeightGrad::side() const {
  const auto side =
      static_cast<int>(std::sqrt(static_cast<double>(kSquareBytes / sizeof(float) / forward_.taps.size())));
  return std::max(1, side / kPairOfBlocks) * kPairOfBlocks;
}

int TileWeightGrad::most_positions() const {
  const int numbers = grid_.planes() * std::min(side(), conv_.inputs) + std::min(side(), conv_.filters);
  return std::max(kPairOfBlocks, static_cast<int>(kPackedXyBytes / sizeof(std::uint16_t)) / numbers);
}

TileWeightGrad::Memory TileWeightGrad::memory(const TileStretch& stretch, void* scratch) const {
  Pieces pieces(scratch);
  const auto inputs = static_cast<std::size_t>(std::min(side(), conv_.inputs)),
             filters = static_cast<std::size_t>(std::min(side(), conv_.filters)),
             positions = static_cast<std::size_t>(grid_.positions(stretch)),
             line = line_of(grid_.stored(stretch));
  Memory memory{pieces.take<int>(line),
                pieces.take<int>(positions),
                pieces.take<std::uint16_t>(static_cast<std::size_t>(grid_.planes()) * inputs * line),
                pieces.take<std::uint16_t>(filters * positions),
                pieces.take<float>(kSquare),
                0};
  memory.bytes = pieces.taken();
  return memory;
}

/// memory.x [planes, channels, line] = those channels of x.
template <class Number>
DOPPEL_TILES void TileWeightGrad::pack_x(const TileStretch& stretch, const Channels& some, const Number* x,
                                         const Memory& memory) const {
  const std::size_t pixels =
      static_cast<std::size_t>(conv_.window.in_h) * static_cast<std::size_t>(conv_.window.in_w);
  const auto stored = static_cast<std::size_t>(grid_.stored(stretch));
  const std::size_t line = line_of(grid_.stored(stretch));
  std::uint16_t* to = memory.x;
  std::fill(memory.read + stored, memory.read + line, -1);
  for (int plane = 0; plane < grid_.planes(); ++plane) {
    grid_.read_pixels(plane, stretch, conv_.inputs / kTileSide, memory.read);
    for (std::size_t block = 0; block < some.blocks(); ++block, to += kPixelChannels * line) {
      const Number* const from = x + (some.first_block() + block) * pixels * kPixelChannels;
      for (std::size_t at = 0; at < line; at += kTileSide) turn(from, memory.read + at, to + at, line);
    }
  }
}

/// memory.dy [blocks, positions / 2, 16, 2] = those channels of dy.
template <class Number>
DOPPEL_TILES void TileWeightGrad::pack_dy(const TileStretch& stretch, const Channels& some, const Number* dy,
                                          const Memory& memory) const {
  const SlidingWindow& w = conv_.window;
  const std::size_t pixels = static_cast<std::size_t>(w.out_h) * static_cast<std::size_t>(w.out_w);
  const auto positions = static_cast<std::size_t>(grid_.positions(stretch));
  std::uint16_t* to = memory.dy;
  grid_.written_pixels(forward_.y, forward_.x, stretch, conv_.filters / kTileSide, memory.written);
  for (std::size_t block = 0; block < some.blocks(); ++block) {
    const Number* const from = dy + (some.first_block() + block) * pixels * kPixelChannels;
    for (std::size_t at = 0; at < positions; at += 2, to += 2 * kPixelChannels)
      _mm512_store_si512(
          to, pixel_pairs(bf16_pixel(from, memory.written[at]), bf16_pixel(from, memory.written[at + 1])));
  }
}

/// Adds what a packed stretch says of a square of the gradient.
void TileWeightGrad::add_square(const TileStretch& stretch, const Channels& inputs, const Channels& filters,
                                const Memory& memory, float* dw) const {
  const std::size_t line = line_of(grid_.stored(stretch)),
                    positions = static_cast<std::size_t>(grid_.positions(stretch)),
                    all_inputs = static_cast<std::size_t>(conv_.inputs) / kPixelChannels;
  for (std::size_t i = 0; i < inputs.blocks(); i += 2)
    for (std::size_t f = 0; f < filters.blocks(); f += 2)
      for (const TileTap& tap : forward_.taps) {
        const bool pair_x = i + 1 < inputs.blocks(), pair_dy = f + 1 < filters.blocks();
        const std::uint16_t* const x =
            memory.x + (static_cast<std::size_t>(tap.plane) * inputs.blocks() + i) * kPixelChannels * line +
            tap.shift;
        const std::uint16_t* const dy = memory.dy + f * positions * kPixelChannels;
        const auto place = [&](std::size_t di, std::size_t df) {
          const std::size_t block =
              (filters.first_block() + f + df) * all_inputs + inputs.first_block() + i + di;
          return dw + (block * forward_.taps.size() + static_cast<std::size_t>(tap.weight)) * kSquare;
        };
        float* const sums[2][2] = {
            {place(0, 0), pair_dy ? place(0, 1) : memory.unwanted},
            {pair_x ? place(1, 0) : memory.unwanted, pair_x && pair_dy ? place(1, 1) : memory.unwanted}};
        add_products({x, pair_x ? x + kPixelChannels * line : x}, line,
                     {dy, pair_dy ? dy + positions * kPixelChannels : dy}, positions, sums);
      }
}

std::size_t TileWeightGrad::scratch(int rows) const {
  std::size_t bytes = 0;
  grid_.in_stretches(rows, most_positions(), [&](const TileStretch& stretch) {
    bytes = std::max(bytes, memory(stretch, nullptr).bytes);
  });
  return bytes;
}

void TileWeightGrad::run(int rows, Numbers x, Numbers dy, float* dw, void* scratch) const {
  const SlidingWindow& w = conv_.window;
  const std::size_t inputs = static_cast<std::size_t>(conv_.inputs),
                    filters = static_cast<std::size_t>(conv_.filters),
                    x_row = inputs * static_cast<std::size_t>(w.in_h) * static_cast<std::size_t>(w.in_w),
                    dy_row = filters * static_cast<std::size_t>(w.out_h) * static_cast<std::size_t>(w.out_w);
  std::fill_n(dw, filters * inputs * forward_.taps.size(), 0.F);
  const TileScope scope;
  const auto square = [&](const Channels& from, const Channels& to) {
    grid_.in_stretches(rows, most_positions(), [&](const TileStretch& stretch) {
      const Memory memory = this->memory(stretch, scratch);
      const auto row = static_cast<std::size_t>(stretch.row);
      typed(x, [&](const auto* values) { pack_x(stretch, from, values + row * x_row, memory); });
      typed(dy, [&](const auto* values) { pack_dy(stretch, to, values + row * dy_row, memory); });
      add_square(stretch, from, to, memory, dw);
    });
  };
  const auto in_squares = [&](int channels, auto visit) {
    in_parts(channels / kTileSide, side() / kTileSide,
             [&](int first, int blocks) { visit(Channels{first * kTileSide, blocks * kTileSide}); });
  };
  in_squares(conv_.filters, [&](const Channels& to) {
    in_squares(conv_.inputs, [&](const Channels& from) { square(from, to); });
  });
}

}  // namespace doppel::nn::engine
