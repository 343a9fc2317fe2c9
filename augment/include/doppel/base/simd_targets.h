// Which instruction sets loops are compiled for: plain C++, AVX2 and AVX-512 (NEON on Arm). Included before
// Highway's headers, which take the default of what isn't defined yet.
#pragma once

#ifdef HWY_DISABLED_TARGETS
#error "include this before any header of Highway"
#endif
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | DOPPEL_LATER_TARGETS)

#include <hwy/detect_targets.h>

// Highway 1.2 has these besides: they gain our loops nothing, and each makes them take longer to compile.
#ifdef HWY_AVX3_SPR
#define DOPPEL_LATER_TARGETS (HWY_AVX3_ZEN4 | HWY_AVX3_SPR)
#else
#define DOPPEL_LATER_TARGETS 0
#endif
