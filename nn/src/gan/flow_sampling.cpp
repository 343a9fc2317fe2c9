#include "flow_sampling.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace doppel::nn {

void tell_time(std::span<float> numbers, double t) {
  const std::size_t waves = numbers.size() / 2;
  for (std::size_t k = 0; k < waves; ++k) {
    // Half a wave, and each next one a half shorter by √2: up to five and a half waves.
    const double angle = std::numbers::pi * t * std::exp2(static_cast<double>(k) / 2);
    numbers[2 * k] = static_cast<float>(std::sin(angle));
    numbers[2 * k + 1] = static_cast<float>(std::cos(angle));
  }
}

std::vector<float> follow_flow(Executor& executor, std::span<const float> rows, const FlowRows& of) {
  const auto numbers = static_cast<std::size_t>(of.image.count()), batch = static_cast<std::size_t>(of.batch),
             given = numbers + static_cast<std::size_t>(of.classes),
             width = given + static_cast<std::size_t>(kFlowTimeNumbers);
  std::vector<float> at(batch * numbers), input(batch * width), first(at.size());
  for (std::size_t r = 0; r < batch; ++r) {
    std::ranges::copy(rows.subspan(r * given, numbers),
                      at.begin() + static_cast<std::ptrdiff_t>(r * numbers));
    std::ranges::copy(rows.subspan(r * given, given), input.begin() + static_cast<std::ptrdiff_t>(r * width));
  }
  // The velocities at x = at + step · along, and at time t.
  const auto velocities = [&](double t, std::span<const float> along, float step) {
    for (std::size_t r = 0; r < batch; ++r) {
      float* const row = &input[r * width];
      for (std::size_t i = 0; i < numbers; ++i)
        row[i] = at[r * numbers + i] + (along.empty() ? 0 : step * along[r * numbers + i]);
      tell_time(std::span(row + given, static_cast<std::size_t>(kFlowTimeNumbers)), t);
    }
    return executor.predict(input, of.batch);
  };
  const double whole = 1.0 / of.steps;
  const auto step = static_cast<float>(whole);
  for (int k = 0; k < of.steps; ++k) {
    std::ranges::copy(velocities(k * whole, {}, 0), first.begin());
    const auto second = velocities((k + 1) * whole, first, step);
    for (std::size_t i = 0; i < at.size(); ++i) at[i] += step / 2 * (first[i] + second[i]);
  }
  for (float& value : at) value = std::clamp(value, -1.F, 1.F);
  return at;
}

}  // namespace doppel::nn
