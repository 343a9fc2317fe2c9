// What a machine can do at most, to hold a network's layers against.
#pragma once

namespace doppel::nn {

/// As reached by loops that do nothing else, all threads at once.
struct MachineLimits {
  int threads = 1;        ///< that worked side by side
  double f32_flops = 0;   ///< multiplications and additions of floats a second, of all threads together
  double bf16_flops = 0;  ///< the same of bfloat16 by AMX, else AVX-512 BF16; 0 unless has_bf16()
  double bytes = 0;       ///< a second, read from and written to memory that no cache holds
};

/// Measures for half a second, in 256 MB of memory or four times the last cache. `threads` as in
/// ExecutorOptions. That other processes want the processor too takes little from it, unless they work in
/// memory, too.
MachineLimits measure_limits(int threads = 0);

}  // namespace doppel::nn
