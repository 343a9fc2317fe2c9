// Which instruction sets kernels are compiled for: plain C++, AVX2 and AVX-512 (NEON on Arm). Included before
// Highway's headers, which take the default of what isn't defined yet.
#pragma once

#ifdef HWY_DISABLED_TARGETS
#error "include kernels/targets.h before any header of Highway"
#endif
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)

#include <hwy/detect_targets.h>
