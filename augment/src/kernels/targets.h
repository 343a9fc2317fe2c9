// Which instruction sets kernels are compiled for: plain C++, AVX2 and AVX-512 (NEON on Arm). Included before
// <hwy/foreach_target.h>.
#pragma once

#include <hwy/detect_targets.h>

#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
#endif
