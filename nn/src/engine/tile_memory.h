// Pixels of blocks of 16 channels, packed for the tiles, and the memory that is used for it.
#pragma once

#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes its own undefined registers for a mistake.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>
#pragma GCC diagnostic pop

#include <cstddef>
#include <cstdint>

#include "kernels.h"
#include "tiles.h"

namespace doppel::nn::engine {

inline constexpr std::size_t kPixelChannels = 16;  ///< channels of a block

/// The 16 channels of a pixel, as bfloat16.
DOPPEL_TILES inline __m256i bf16_pixel(const std::uint16_t* pixel) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(pixel));
}
/// Rounded to nearest, ties to even.
DOPPEL_TILES inline __m256i rounded_to_bf16(__m512 v) {
  const __m512i bits = _mm512_castps_si512(v);
  const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  const __m512i half = _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff));
  return _mm512_cvtepi32_epi16(_mm512_srli_epi32(_mm512_add_epi32(bits, half), 16));
}
DOPPEL_TILES inline __m256i bf16_pixel(const float* pixel) { return rounded_to_bf16(_mm512_loadu_ps(pixel)); }

/// That of a pixel by its number, -1 being zeros.
template <class Number>
DOPPEL_TILES inline __m256i bf16_pixel(const Number* pixels, int number) {
  if (number < 0) return _mm256_setzero_si256();
  return bf16_pixel(pixels + static_cast<std::size_t>(number) * kPixelChannels);
}

/// Two pixels, channel by channel.
DOPPEL_TILES inline __m512i pixel_pairs(__m256i first, __m256i second) {
  alignas(64) static constexpr std::uint16_t kOrder[2 * kPixelChannels] = {
      0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
      8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  const __m512i both = _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
  return _mm512_permutexvar_epi16(_mm512_load_si512(kOrder), both);
}

/// Calls visit with a pointer to floats, or to bfloat16.
template <class Visit>
void typed(const Numbers& numbers, Visit visit) {
  if (numbers.bf16)
    visit(static_cast<std::uint16_t*>(numbers.at));
  else
    visit(static_cast<float*>(numbers.at));
}

/// Hands out parts of a kernel's memory, each at the beginning of a line of the cache. Without memory it
/// counts the bytes.
class Pieces {
 public:
  explicit Pieces(void* memory = nullptr) : memory_(static_cast<unsigned char*>(memory)) {}
  template <class T>
  T* take(std::size_t count) {
    constexpr std::size_t kLine = 64;
    const std::size_t at = taken_;
    taken_ += (count * sizeof(T) + kLine - 1) / kLine * kLine;
    return memory_ ? reinterpret_cast<T*>(memory_ + at) : nullptr;
  }
  std::size_t taken() const { return taken_; }

 private:
  unsigned char* memory_;
  std::size_t taken_ = 0;
};

}  // namespace doppel::nn::engine
