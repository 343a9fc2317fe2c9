// Kernels as another processor runs them.
#pragma once

#include <hwy/targets.h>

#include <array>
#include <cstdint>

namespace doppel::nn {

/// While it lives, none of these instruction sets is used.
class WithoutTargets {
 public:
  explicit WithoutTargets(std::int64_t targets) { disable(targets); }
  ~WithoutTargets() { disable(0); }
  WithoutTargets(const WithoutTargets&) = delete;
  WithoutTargets& operator=(const WithoutTargets&) = delete;

 private:
  static void disable(std::int64_t targets) {
    hwy::DisableTargets(targets);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

/// None, all above AVX2, and all but what every processor has.
inline constexpr std::array<std::int64_t, 3> kTargetsLeftOut{0, HWY_AVX2 - 1, ~std::int64_t{0}};

}  // namespace doppel::nn
