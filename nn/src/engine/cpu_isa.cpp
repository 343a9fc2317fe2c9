#include "cpu_isa.h"

#include "doppel/nn/engine/executor.h"

namespace doppel::nn {

// With AVX-512 alone oneDNN has bfloat16, too, but slower than floats.
bool has_bf16() {
  return __builtin_cpu_supports("avx512bf16") != 0 && engine::uses(dnnl::cpu_isa::avx512_core_bf16);
}

}  // namespace doppel::nn
