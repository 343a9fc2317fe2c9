#include "ticks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace doppel::apps {

std::vector<double> round_ticks(double low, double high) {
  if (high - low < 1e-12)
    low -= std::max(1e-9, std::abs(low) / 10), high += std::max(1e-9, std::abs(high) / 10);
  const double rough = (high - low) / 4, power = std::pow(10, std::floor(std::log10(rough)));
  double step = power;
  for (const double times : {2.0, 2.5, 5.0, 10.0})
    if (step < rough) step = power * times;
  std::vector<double> all;
  for (double t = std::floor(low / step) * step; t < high + step * 0.999; t += step) all.push_back(t);
  return all;
}

std::string tick_text(double tick) { return fmt::format("{:.4g}", std::abs(tick) < 1e-12 ? 0 : tick); }

}  // namespace doppel::apps
