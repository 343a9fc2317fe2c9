#include "wide_scale.h"

#include <algorithm>

#include "vbmi.h"

namespace doppel::augment {
namespace {

constexpr int kPixels = ScaleEight::kPixels, kBytes = 64;

}  // namespace

PooledVector<ScaleEight> scale_eights(const int* first, const std::int16_t* shares, int begin, int end,
                                      int channels, int bytes) {
  PooledVector<ScaleEight> eights;
  eights.reserve(static_cast<std::size_t>(std::max(0, end - begin) / kPixels));
  for (int x = begin; x + kPixels <= end; x += kPixels) {
    const auto [least, most] = std::minmax(first[x], first[x + kPixels - 1]);
    if (most - least + 2 * channels > kBytes) break;
    ScaleEight& eight = eights.emplace_back();
    eight.base = least;
    eight.inside = ~std::uint64_t{0} >> (kBytes - std::min(kBytes, bytes - least));
    for (int i = 0, k = 0; i < kPixels; ++i)
      for (int c = 0; c < channels; ++c, ++k) {
        eight.left[2 * k] = static_cast<std::uint8_t>(first[x + i] - least + c);
        eight.shares[k] = shares[4 * (x + i)];
      }
  }
  return eights;
}

#if defined(__x86_64__)

DOPPEL_VBMI void scale_across_wide(const std::uint8_t* row, std::span<const ScaleEight> eights, int channels,
                                   std::int16_t* out) {
  constexpr std::uint64_t kLowBytes = 0x5555555555555555;
  const __m512i next = _mm512_set1_epi8(static_cast<char>(channels));
  const auto numbers = static_cast<__mmask32>((std::uint64_t{1} << (kPixels * channels)) - 1);
  for (const ScaleEight& eight : eights) {
    const __m512i bytes = _mm512_maskz_loadu_epi8(eight.inside, row + eight.base);
    const __m512i at = _mm512_loadu_si512(eight.left);
    const __m512i left = _mm512_slli_epi16(_mm512_maskz_permutexvar_epi8(kLowBytes, at, bytes), 7);
    const __m512i right =
        _mm512_slli_epi16(_mm512_maskz_permutexvar_epi8(kLowBytes, _mm512_add_epi8(at, next), bytes), 7);
    const __m512i more = _mm512_mulhrs_epi16(_mm512_sub_epi16(right, left), _mm512_loadu_si512(eight.shares));
    _mm512_mask_storeu_epi16(out, numbers, _mm512_add_epi16(left, more));
    out += kPixels * channels;
  }
}

#else

void scale_across_wide(const std::uint8_t*, std::span<const ScaleEight>, int, std::int16_t*) {}

#endif

}  // namespace doppel::augment
