#include "doppel/nn/study/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

/// Student's t at 0.975 for 1, 2, … degrees of freedom.
constexpr std::array kStudent{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                              2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
                              2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};

}  // namespace

Interval mean_interval(std::span<const double> values) {
  if (values.empty()) throw UsageError("an interval needs values");
  const auto n = static_cast<double>(values.size());
  double mean = 0, squares = 0;
  for (const double v : values) mean += v / n;
  for (const double v : values) squares += (v - mean) * (v - mean);
  if (values.size() == 1)
    return {mean, -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  const std::size_t freedom = values.size() - 1;
  const double t =
      freedom <= kStudent.size() ? kStudent[freedom - 1] : 1.96 + 2.5 / static_cast<double>(freedom);
  const double half = t * std::sqrt(squares / (n - 1) / n);
  return {mean, mean - half, mean + half};
}

double mcnemar(std::size_t only_first, std::size_t only_second) {
  const std::size_t fewer = std::min(only_first, only_second), all = only_first + only_second;
  if (all == 0) return 1;
  const auto n = static_cast<double>(all);
  double tail = 0;
  for (std::size_t k = 0; k <= fewer; ++k) {
    const auto x = static_cast<double>(k);
    tail += std::exp(std::lgamma(n + 1) - std::lgamma(x + 1) - std::lgamma(n - x + 1) - n * std::log(2.0));
  }
  return std::min(1.0, 2 * tail);
}

}  // namespace doppel::nn
