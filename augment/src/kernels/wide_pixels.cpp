#include "wide_pixels.h"

#include "vbmi.h"

namespace doppel::augment {

#if defined(__x86_64__)

namespace {

constexpr int kVector = 64;

/// Where each byte of a vector comes from: of 64 bytes, or of 128 in two vectors.
struct alignas(kVector) Places {
  std::uint8_t at[kVector] = {};
  template <class From>
  explicit constexpr Places(From from) {
    for (int i = 0; i < kVector; ++i) at[i] = static_cast<std::uint8_t>(from(i));
  }
  DOPPEL_VBMI __m512i load() const { return _mm512_load_si512(at); }
};

/// The lowest `count` of 64.
inline std::uint64_t first_bytes(int count) {
  return count == 0 ? 0 : ~std::uint64_t{0} >> (kVector - count);
}

/// As many whole pixels as a vector holds at a time, from the row's end to its beginning.
template <int C>
DOPPEL_VBMI void reverse_pixels(const std::uint8_t* in, int n, std::uint8_t* out) {
  constexpr int kPixels = kVector / C, kBytes = kPixels * C;
  static constexpr Places kTurn([](int i) { return i < kBytes ? (kPixels - 1 - i / C) * C + i % C : 0; });
  const __m512i turn = kTurn.load();
  const auto block = [&](const std::uint8_t* from, std::uint64_t bytes) DOPPEL_VBMI {
    return _mm512_permutexvar_epi8(turn, _mm512_maskz_loadu_epi8(bytes, from));
  };
  // A store's last byte may be the next pixels', which are written after it.
  for (; n > kPixels; n -= kPixels, out += kBytes)
    _mm512_storeu_si512(out, block(in + (n - kPixels) * C, first_bytes(kBytes)));
  // What lies before the row is masked out.
  const std::uint64_t row = first_bytes(kBytes) ^ first_bytes(kBytes - n * C);
  _mm512_mask_storeu_epi8(out, first_bytes(n * C), block(in - (kPixels - n) * C, row));
}

/// 16 RGB pixels' channel `c`, each byte in a place of 32 bits.
DOPPEL_VBMI inline __m512i wide_channel(__m512i pixels, __m512i places) {
  return _mm512_maskz_permutexvar_epi8(0x1111111111111111, places, pixels);
}

/// To every fourth byte channel 0 of 16 RGB pixels, to every second byte that of 32; the next channel is one
/// further on.
constexpr Places kEveryFourth([](int i) { return i / 4 * 3; }), kEverySecond([](int i) { return i / 2 * 3; });

/// 16 pixels from words of 32 bits; 21 pixels' first channels, thrice.
constexpr Places kOfFours([](int i) { return i < 48 ? i / 3 * 4 + i % 3 : 0; }),
    kThrice([](int i) { return i / 3 * 3; });

/// 32 pixels from words whose bytes are red and green, and from words of blue in a second vector.
constexpr int of_words(int i) { return i % 3 == 2 ? kVector + i / 3 * 2 : i / 3 * 2 + i % 3; }
constexpr Places kOfWords(of_words), kOfWordsOn([](int i) { return i < 32 ? of_words(kVector + i) : 0; });

DOPPEL_VBMI inline __m512i next_channel(const Places& places, int c) {
  return _mm512_add_epi8(places.load(), _mm512_set1_epi8(static_cast<char>(c)));
}

}  // namespace

void reverse_pixels_wide(const std::uint8_t* in, int n, int bytes, std::uint8_t* out) {
  switch (bytes) {
    case 1:
      return reverse_pixels<1>(in, n, out);
    case 2:
      return reverse_pixels<2>(in, n, out);
    case 3:
      return reverse_pixels<3>(in, n, out);
    case 4:
      return reverse_pixels<4>(in, n, out);
    case 6:
      return reverse_pixels<6>(in, n, out);
    default:
      return reverse_pixels<8>(in, n, out);
  }
}

DOPPEL_VBMI void permute_channels_wide(const std::uint8_t* in, int n, const std::array<int, 3>& from,
                                       std::uint8_t* out) {
  constexpr int kBytes = 63;
  constexpr std::uint64_t kEveryThird = 0x1249249249249249;
  __m512i turn = kThrice.load();
  for (int c = 0; c < 3; ++c)
    turn = _mm512_mask_add_epi8(turn, kEveryThird << c, turn,
                                _mm512_set1_epi8(static_cast<char>(from[static_cast<std::size_t>(c)])));
  int left = 3 * n;
  const auto load = [&](const std::uint8_t* p, int count) DOPPEL_VBMI {
    return _mm512_maskz_loadu_epi8(first_bytes(count < kBytes ? count : kBytes), p);
  };
  __m512i now = load(in, left);
  for (; left > kBytes; left -= kBytes, out += kBytes) {
    // Before the store, which reaches a byte into them.
    const __m512i next = load(in += kBytes, left - kBytes);
    _mm512_storeu_si512(out, _mm512_permutexvar_epi8(turn, now));
    now = next;
  }
  _mm512_mask_storeu_epi8(out, first_bytes(left), _mm512_permutexvar_epi8(turn, now));
}

DOPPEL_VBMI int split_wide(const std::uint8_t* pixels, int n, const float* scale, const float* offset,
                           float* const* out) {
  const __m512i places[3] = {next_channel(kEveryFourth, 0), next_channel(kEveryFourth, 1),
                             next_channel(kEveryFourth, 2)};
  int x = 0;
  for (; x + 16 <= n; x += 16) {
    const __m512i block = _mm512_maskz_loadu_epi8(first_bytes(48), pixels + 3 * x);
    for (int c = 0; c < 3; ++c) {
      const __m512 v = _mm512_cvtepi32_ps(wide_channel(block, places[c]));
      const __m512 scaled = _mm512_mul_ps(v, _mm512_set1_ps(scale[c]));
      _mm512_storeu_ps(out[c] + x, _mm512_add_ps(scaled, _mm512_set1_ps(offset[c])));
    }
  }
  return x;
}

DOPPEL_VBMI int join_wide(const float* const* planes, int n, std::uint8_t* out) {
  // A float of 2^23 and more holds an integer in its lowest bits.
  const __m512 zero = _mm512_setzero_ps(), one = _mm512_set1_ps(1), full = _mm512_set1_ps(255.F),
               to_integer = _mm512_set1_ps(0x1p23F);
  const __m512i places = kOfFours.load();
  const auto level = [&](const float* v) DOPPEL_VBMI {
    const __m512 share = _mm512_min_ps(_mm512_max_ps(_mm512_loadu_ps(v), zero), one);
    return _mm512_castps_si512(_mm512_add_ps(_mm512_mul_ps(share, full), to_integer));
  };
  const auto block = [&](int x) DOPPEL_VBMI {
    constexpr int kAnyOfThree = 0xfe;
    const __m512i r = level(planes[0] + x), g = _mm512_slli_epi32(level(planes[1] + x), 8),
                  b = _mm512_slli_epi32(level(planes[2] + x), 16);
    return _mm512_permutexvar_epi8(places, _mm512_ternarylogic_epi32(r, g, b, kAnyOfThree));
  };
  int x = 0;
  // What a store writes beyond its pixels is written over by the next.
  for (; x + 32 <= n; x += 16) _mm512_storeu_si512(out + 3 * x, block(x));
  for (; x + 16 <= n; x += 16) _mm512_mask_storeu_epi8(out + 3 * x, first_bytes(48), block(x));
  return x;
}

DOPPEL_VBMI int matrix_wide(const std::int16_t* weight, const std::int16_t* offset, int k, bool gray,
                            const std::uint8_t* in, int n, std::uint8_t* out) {
  const __m128i shift = _mm_cvtsi32_si128(7 - k);
  const __m512i top = _mm512_set1_epi16(255), zero = _mm512_setzero_si512();
  const __m512i red = next_channel(kEverySecond, 0), green = next_channel(kEverySecond, 1),
                blue = next_channel(kEverySecond, 2), low = kOfWords.load(), high = kOfWordsOn.load();
  const auto mix = [&](__m512i r, __m512i g, __m512i b, int c) DOPPEL_VBMI {
    const auto part = [&](__m512i v, int i) DOPPEL_VBMI {
      return _mm512_mulhrs_epi16(v, _mm512_set1_epi16(weight[3 * c + i]));
    };
    const __m512i rgb = _mm512_adds_epi16(_mm512_add_epi16(part(r, 0), part(g, 1)), part(b, 2));
    const __m512i level = _mm512_sra_epi16(_mm512_adds_epi16(rgb, _mm512_set1_epi16(offset[c])), shift);
    return _mm512_min_epi16(_mm512_max_epi16(level, zero), top);
  };
  int x = 0;
  for (; x + 32 <= n; x += 32) {
    const std::uint8_t* from = in + 3 * x;
    std::uint8_t* to = out + 3 * x;
    const __m512i a = _mm512_loadu_si512(from), b = _mm512_maskz_loadu_epi8(first_bytes(32), from + kVector);
    const auto channel = [&](__m512i places) DOPPEL_VBMI {
      return _mm512_slli_epi16(_mm512_maskz_permutex2var_epi8(0x5555555555555555, a, places, b), 7);
    };
    const __m512i r = channel(red), g = channel(green), bl = channel(blue);
    const __m512i first = mix(r, g, bl, 0);
    const __m512i second = gray ? first : mix(r, g, bl, 1), third = gray ? first : mix(r, g, bl, 2);
    const __m512i rg = _mm512_or_si512(first, _mm512_slli_epi16(second, 8));
    _mm512_storeu_si512(to, _mm512_permutex2var_epi8(rg, low, third));
    _mm512_mask_storeu_epi8(to + kVector, first_bytes(32), _mm512_permutex2var_epi8(rg, high, third));
  }
  return x;
}

#else

void reverse_pixels_wide(const std::uint8_t*, int, int, std::uint8_t*) {}
void permute_channels_wide(const std::uint8_t*, int, const std::array<int, 3>&, std::uint8_t*) {}
int split_wide(const std::uint8_t*, int, const float*, const float*, float* const*) { return 0; }
int join_wide(const float* const*, int, std::uint8_t*) { return 0; }
int matrix_wide(const std::int16_t*, const std::int16_t*, int, bool, const std::uint8_t*, int,
                std::uint8_t*) {
  return 0;
}

#endif

}  // namespace doppel::augment
