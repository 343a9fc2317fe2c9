#include "vbmi.h"

namespace doppel::augment {

bool has_vbmi() {
#if defined(__x86_64__)
  static const bool has = __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw");
  return has;
#else
  return false;
#endif
}

}  // namespace doppel::augment
