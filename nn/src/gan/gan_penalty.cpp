#include "gan_penalty.h"

#include <cmath>
#include <vector>

#include "engine/kernels.h"

namespace doppel::nn {

double add_gradient_penalty(Executor& executor, Model& model, std::span<const float> ones,
                            const GradientPenalty& penalty) {
  std::vector<std::vector<float>> before;
  for (const Parameter& p : model.parameters()) before.push_back(p.grad);
  const auto slopes = executor.backward(ones, Executor::Wanted::Images);
  const auto row = static_cast<std::size_t>(model.graph().input.count());
  std::vector<float> direction(slopes.begin(), slopes.end());
  double total = 0;
  for (std::size_t at = 0; at < direction.size(); at += row) {
    const std::span v(direction.data() + at, row);
    double square = 0;
    for (const float x : v) square += static_cast<double>(x) * static_cast<double>(x);
    const double length = std::sqrt(square), over = length - penalty.length;
    total += penalty.gamma / 2 * over * over / penalty.divisor;
    const double pull = length > 0 ? penalty.gamma * over / length / penalty.divisor : 0;
    for (float& x : v) x *= static_cast<float>(pull);
  }
  executor.backward_tangent(direction, ones);
  for (std::size_t p = 0; p < before.size(); ++p)
    engine::add_to(model.parameters()[p].grad.data(), before[p].data(), before[p].size());
  return total;
}

}  // namespace doppel::nn
