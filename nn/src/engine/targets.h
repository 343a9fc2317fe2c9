// Which instruction sets our loops are compiled for: plain C++, AVX2 and AVX-512 (NEON on Arm). Included
// before Highway's headers. The compiler vectorises plain loops for each target's registers.
#pragma once

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
