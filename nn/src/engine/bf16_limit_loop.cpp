#include "limit_loops.h"

#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes its own undefined registers for a mistake.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#pragma GCC diagnostic pop

namespace doppel::nn::engine {

__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16"))) Products bf16_products(int turns) {
  constexpr int kSums = 12, kLanes = 16, kFlops = 4;  // two products and as many additions
  constexpr int kTwoOnes = 0x3f803f80;
  const auto ones = reinterpret_cast<__m512bh>(_mm512_set1_epi32(kTwoOnes));
  __m512 sums[kSums];
  for (__m512& sum : sums) sum = _mm512_setzero_ps();
  for (int turn = 0; turn < turns; ++turn)
    for (int i = 0; i < kSums; ++i) sums[i] = _mm512_dpbf16_ps(sums[i], ones, ones);
  for (int i = 1; i < kSums; ++i) sums[0] = _mm512_add_ps(sums[0], sums[i]);
  return {static_cast<double>(kSums) * kLanes * kFlops * turns, _mm512_cvtss_f32(sums[0])};
}

}  // namespace doppel::nn::engine
