#include "wide_tables.h"

#include "vbmi.h"

namespace doppel::augment {

#if defined(__x86_64__)

namespace {

struct Registers {
  __m512i part[4];
};

DOPPEL_VBMI inline Registers load_table(const std::uint8_t* table) {
  Registers r;
  for (int k = 0; k < 4; ++k) r.part[k] = _mm512_loadu_si512(table + 64 * k);
  return r;
}

/// Seven bits choose among 128 entries, the top bit between the two halves.
DOPPEL_VBMI inline __m512i look_up(const Registers& t, __m512i v) {
  const __m512i low = _mm512_permutex2var_epi8(t.part[0], v, t.part[1]),
                high = _mm512_permutex2var_epi8(t.part[2], v, t.part[3]);
  return _mm512_mask_mov_epi8(low, _mm512_movepi8_mask(v), high);
}

DOPPEL_VBMI void look_up_shared(const std::uint8_t* table, const std::uint8_t* in, int count,
                                std::uint8_t* out) {
  const Registers t = load_table(table);
  int i = 0;
  for (; i + 64 <= count; i += 64) _mm512_storeu_si512(out + i, look_up(t, _mm512_loadu_si512(in + i)));
  const __mmask64 rest = (std::uint64_t{1} << (count - i)) - 1;
  _mm512_mask_storeu_epi8(out + i, rest, look_up(t, _mm512_maskz_loadu_epi8(rest, in + i)));
}

/// Bytes of a vector that are of channel `c`, where its first is of channel `first`.
inline std::uint64_t places_of(int c, int first, int channels) {
  std::uint64_t places = 0;
  for (int i = 0; i < 64; ++i) places |= std::uint64_t{(first + i) % channels == c} << i;
  return places;
}

/// Three vectors are whole pixels of any number of channels.
template <int C>
DOPPEL_VBMI void look_up_each(const std::uint8_t (*tables)[256], const std::uint8_t* in, int count,
                              std::uint8_t* out) {
  constexpr int kPhases = 3;
  Registers t[C];
  __mmask64 places[kPhases][C];
  for (int c = 0; c < C; ++c) {
    t[c] = load_table(tables[c]);
    for (int k = 0; k < kPhases; ++k) places[k][c] = places_of(c, 64 * k % C, C);
  }
  const auto all = [&](int phase, __m512i v) DOPPEL_VBMI {
    __m512i result = look_up(t[0], v);
    for (int c = 1; c < C; ++c) result = _mm512_mask_mov_epi8(result, places[phase][c], look_up(t[c], v));
    return result;
  };
  int i = 0;
  for (; i + 64 * kPhases <= count; i += 64 * kPhases)
    for (int k = 0; k < kPhases; ++k)
      _mm512_storeu_si512(out + i + 64 * k, all(k, _mm512_loadu_si512(in + i + 64 * k)));
  for (int k = 0; i < count; ++k, i += 64) {
    const __mmask64 rest = count - i >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (count - i)) - 1;
    _mm512_mask_storeu_epi8(out + i, rest, all(k, _mm512_maskz_loadu_epi8(rest, in + i)));
  }
}

}  // namespace

void look_up_wide(const std::uint8_t (*tables)[256], int channels, const std::uint8_t* in, int count,
                  std::uint8_t* out) {
  switch (channels) {
    case 1:
      return look_up_shared(tables[0], in, count, out);
    case 2:
      return look_up_each<2>(tables, in, count, out);
    case 3:
      return look_up_each<3>(tables, in, count, out);
    default:
      return look_up_each<4>(tables, in, count, out);
  }
}

#else

void look_up_wide(const std::uint8_t (*)[256], int, const std::uint8_t*, int, std::uint8_t*) {}

#endif

}  // namespace doppel::augment
