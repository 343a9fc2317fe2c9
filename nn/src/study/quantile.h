// Quantiles of samples.
#pragma once

#include <algorithm>
#include <vector>

namespace doppel::nn {

/// The value that `share` of the others, 0 to 1, lie below. `values` has at least one.
inline double quantile_of(std::vector<double> values, double share) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, at);
  return *at;
}

}  // namespace doppel::nn
