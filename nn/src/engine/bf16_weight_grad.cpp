// A product of two matrices, [filters, pixels] and [pixels, inputs] for each tap. The processor's instruction
// multiplies pairs of bfloat16 and adds both to a float, so both are packed with two pixels side by side:
// dy as [pairs, 16 filters, 2], of which a register holds a pair, and x as [pairs, 16 inputs, 2], of which
// one input's pair goes to all of a register. oneDNN 2.6 turns pixels into pairs anew for every block of
// filters.
#include "bf16_weight_grad.h"

#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes its own undefined registers for a mistake.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#pragma GCC diagnostic pop

#include <algorithm>

#define DOPPEL_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))

namespace doppel::nn::engine {
namespace {

constexpr int kBlock = 16, kPair = 2 * kBlock;
constexpr int kMostPixels = 512;  ///< that are packed at once: x's stay in the first cache
constexpr std::size_t kMostBytes = std::size_t{512} << 10;  ///< of dy, packed: half of the second cache
constexpr std::ptrdiff_t kNowhere = -1;

/// So many pixels that dy's pairs of all filters stay in the cache.
int pixels_at_once(const BlockedConv& conv) {
  const std::size_t fit = kMostBytes / (sizeof(std::uint16_t) * static_cast<std::size_t>(conv.filters));
  return std::clamp(static_cast<int>(fit) / 2 * 2, 32, kMostPixels);
}

/// Where some pixels of the batch lie, relative to the first block of channels of the first row.
struct Places {
  std::ptrdiff_t at[kMostPixels];
  int count = 0;  ///< even: the last may be nowhere

  int pairs() const { return count / 2; }
  void add(std::ptrdiff_t place) { at[count++] = place; }
  void fill_up() {
    if (count % 2 != 0) add(kNowhere);
  }
};

/// A run of the batch's output pixels, counted over all rows.
struct Pixels {
  int first, count;
};

/// Calls visit(row, y, x) for each.
template <class Visit>
void walk(const BlockedConv& conv, const Pixels& some, Visit visit) {
  const int width = conv.window.out_w, plane = conv.window.out_h * width;
  int row = some.first / plane, y = some.first % plane / width, x = some.first % width;
  for (int i = 0; i < some.count; ++i) {
    visit(row, y, x);
    if (++x < width) continue;
    x = 0;
    if (++y < conv.window.out_h) continue;
    y = 0, ++row;
  }
}

Places output_places(const BlockedConv& conv, const Pixels& some) {
  const SlidingWindow& w = conv.window;
  const std::ptrdiff_t row_pixels = static_cast<std::ptrdiff_t>(conv.filters / kBlock) * w.out_h * w.out_w;
  Places places;
  walk(conv, some, [&](int row, int y, int x) { places.add((row * row_pixels + y * w.out_w + x) * kBlock); });
  places.fill_up();
  return places;
}

/// Of the input pixels that a tap multiplies with those outputs.
Places input_places(const BlockedConv& conv, const Pixels& some, int ky, int kx) {
  const SlidingWindow& w = conv.window;
  const std::ptrdiff_t row_pixels = static_cast<std::ptrdiff_t>(conv.inputs / kBlock) * w.in_h * w.in_w;
  Places places;
  walk(conv, some, [&](int row, int oy, int ox) {
    const int y = oy * w.stride - w.top + ky, x = ox * w.stride - w.left + kx;
    const bool inside = y >= 0 && y < w.in_h && x >= 0 && x < w.in_w;
    places.add(inside ? (row * row_pixels + y * w.in_w + x) * kBlock : kNowhere);
  });
  places.fill_up();
  return places;
}

/// Two pixels of 16 channels, channel by channel. Those of `next` will be wanted soon.
DOPPEL_BF16 void pack(const std::uint16_t* from, const std::uint16_t* next, const Places& places,
                      std::uint16_t* to) {
  alignas(64) static constexpr std::uint16_t kOrder[kPair] = {0,  16, 1,  17, 2,  18, 3,  19, 4,  20, 5,
                                                              21, 6,  22, 7,  23, 8,  24, 9,  25, 10, 26,
                                                              11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  alignas(32) static constexpr std::uint16_t kZeros[kBlock] = {};
  const __m512i order = _mm512_load_si512(kOrder);
  const auto pixel = [&](int i) DOPPEL_BF16 {
    const std::uint16_t* at = places.at[i] == kNowhere ? kZeros : from + places.at[i];
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  };
  for (int i = 0; i < places.count; i += 2, to += kPair) {
    if (places.at[i] != kNowhere) _mm_prefetch(next + places.at[i], _MM_HINT_T0);
    const __m512i both = _mm512_inserti64x4(_mm512_castsi256_si512(pixel(i)), pixel(i + 1), 1);
    _mm512_storeu_si512(to, _mm512_permutexvar_epi16(order, both));
  }
}

/// Adds the products of 8 inputs with kFilters blocks of filters, whose gradients lie `apart` floats.
template <int kFilters>
DOPPEL_BF16 void add_products(const std::uint16_t* x, const std::uint16_t* dy, int pairs, float* dw,
                              std::size_t apart) {
  constexpr int kInputs = 8;
  const std::size_t next = static_cast<std::size_t>(pairs) * kPair;
  __m512 sums[kFilters][kInputs];
  for (int f = 0; f < kFilters; ++f)
    for (int i = 0; i < kInputs; ++i)
      sums[f][i] =
          _mm512_loadu_ps(dw + static_cast<std::size_t>(f) * apart + static_cast<std::size_t>(i) * kBlock);
  for (int pair = 0; pair < pairs; ++pair, x += kPair, dy += kPair) {
    __m512bh d[kFilters];
    for (int f = 0; f < kFilters; ++f)
      d[f] = reinterpret_cast<__m512bh>(_mm512_loadu_si512(dy + static_cast<std::size_t>(f) * next));
    for (int i = 0; i < kInputs; ++i) {
      int two;
      __builtin_memcpy(&two, x + 2 * i, sizeof(two));
      const auto v = reinterpret_cast<__m512bh>(_mm512_set1_epi32(two));
      for (int f = 0; f < kFilters; ++f) sums[f][i] = _mm512_dpbf16_ps(sums[f][i], d[f], v);
    }
  }
  for (int f = 0; f < kFilters; ++f)
    for (int i = 0; i < kInputs; ++i)
      _mm512_storeu_ps(dw + static_cast<std::size_t>(f) * apart + static_cast<std::size_t>(i) * kBlock,
                       sums[f][i]);
}

}  // namespace

std::size_t bf16_weight_grad_scratch(const BlockedConv& conv) {
  return static_cast<std::size_t>(pixels_at_once(conv)) * sizeof(std::uint16_t) *
             static_cast<std::size_t>(conv.filters + kBlock) +
         64;
}

DOPPEL_BF16 void bf16_weight_grad(const BlockedConv& conv, int rows, const std::uint16_t* x,
                                  const std::uint16_t* dy, float* dw, void* scratch) {
  const SlidingWindow& w = conv.window;
  const auto taps = static_cast<std::size_t>(w.kernel_h) * static_cast<std::size_t>(w.kernel_w),
             input_blocks = static_cast<std::size_t>(conv.inputs / kBlock),
             filter_blocks = static_cast<std::size_t>(conv.filters / kBlock);
  const std::size_t in_plane = static_cast<std::size_t>(w.in_h) * static_cast<std::size_t>(w.in_w) * kBlock,
                    out_plane =
                        static_cast<std::size_t>(w.out_h) * static_cast<std::size_t>(w.out_w) * kBlock;
  constexpr std::size_t kSquare = kBlock * kBlock;
  const std::size_t apart = input_blocks * taps * kSquare;  // from filters to the next block of them
  const int all = rows * w.out_h * w.out_w, at_once = pixels_at_once(conv);
  auto* const packed_x = static_cast<std::uint16_t*>(scratch);
  std::uint16_t* const packed_dy = packed_x + at_once * kBlock;
  std::fill_n(dw, filter_blocks * apart, 0.F);
  for (int first = 0; first < all; first += at_once) {
    const Pixels some{first, std::min(at_once, all - first)};
    const Places outputs = output_places(conv, some);
    const std::size_t block = static_cast<std::size_t>(outputs.pairs()) * kPair;
    for (std::size_t f = 0; f < filter_blocks; ++f)
      pack(dy + f * out_plane, dy + std::min(f + 1, filter_blocks - 1) * out_plane, outputs,
           packed_dy + f * block);
    for (std::size_t tap = 0; tap < taps; ++tap) {
      const int ky = static_cast<int>(tap) / w.kernel_w, kx = static_cast<int>(tap) % w.kernel_w;
      const Places inputs = input_places(conv, some, ky, kx);
      for (std::size_t i = 0; i < input_blocks; ++i) {
        pack(x + i * in_plane, x + std::min(i + 1, input_blocks - 1) * in_plane, inputs, packed_x);
        float* const to = dw + (i * taps + tap) * kSquare;
        for (std::size_t f = 0; f < filter_blocks; f += 2)
          for (int half = 0; half < 2; ++half) {
            const std::uint16_t* const eight = packed_x + half * kBlock;
            float* const sums = to + f * apart + static_cast<std::size_t>(half) * kSquare / 2;
            if (f + 1 < filter_blocks)
              add_products<2>(eight, packed_dy + f * block, outputs.pairs(), sums, apart);
            else
              add_products<1>(eight, packed_dy + f * block, outputs.pairs(), sums, apart);
          }
      }
    }
  }
}

}  // namespace doppel::nn::engine
