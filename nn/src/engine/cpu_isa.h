// Which instructions oneDNN may use here: the processor's, or fewer where DNNL_MAX_CPU_ISA says so.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>

namespace doppel::nn::engine {

/// True where oneDNN may use that instruction set: its numbers have a bit for each that they include.
inline bool uses(dnnl::cpu_isa isa) {
  const auto wanted = static_cast<unsigned>(isa);
  return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & wanted) == wanted;
}

}  // namespace doppel::nn::engine
