// Which instructions oneDNN may use here: the processor's, or fewer where DNNL_MAX_CPU_ISA says so.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>

namespace doppel::nn::engine {

/// True where oneDNN may use that instruction set: its numbers have a bit for each that they include.
inline bool uses(dnnl::cpu_isa isa) {
  const auto wanted = static_cast<unsigned>(isa);
  return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & wanted) == wanted;
}

/// True where oneDNN multiplies tiles of bfloat16: the processor has AMX, and the system lets this process
/// use it, which oneDNN has asked for.
inline bool multiplies_tiles() { return uses(dnnl::cpu_isa::avx512_core_amx); }

}  // namespace doppel::nn::engine
