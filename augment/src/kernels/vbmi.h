// AVX-512 VBMI, permutations of bytes across 64: Highway 1.0 has no target for it, so kernels that live on
// them are written out, each in a file of its own beside the portable one.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#if defined(__GNUC__) && !defined(__clang__)
// Its own header's undefined vectors, once they are inlined (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#define DOPPEL_VBMI __attribute__((target("avx512f,avx512bw,avx512vbmi")))
#endif

namespace doppel::augment {

/// True where this processor can.
bool has_vbmi();

}  // namespace doppel::augment
