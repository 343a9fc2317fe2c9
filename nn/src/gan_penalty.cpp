#include "gan_penalty.h"

#include <cmath>
#include <vector>

namespace doppel::nn {
namespace {

double root_mean_square(std::span<const float> v) {
  double sum = 0;
  for (const float x : v) sum += static_cast<double>(x) * static_cast<double>(x);
  return std::sqrt(sum / static_cast<double>(std::max<std::size_t>(1, v.size())));
}

}  // namespace

double add_gradient_penalty(Executor& executor, Model& model, std::span<const float> pictures,
                            std::span<const float> ones, double gamma, double divisor, std::uint64_t step) {
  std::vector<std::vector<float>> sums;
  for (const Parameter& p : model.parameters()) sums.push_back(p.grad);
  // The forward pass is the caller's.
  const auto slopes = executor.backward(ones);
  const std::vector<float> v(slopes.begin(), slopes.end());
  const double length = root_mean_square(v);
  constexpr double kReach = 1e-2;  // of the pictures' own size
  const double epsilon = length > 0 ? kReach * root_mean_square(pictures) / length : 0;
  const int rows = static_cast<int>(pictures.size() / static_cast<std::size_t>(model.graph().input.count()));
  std::vector<float> moved(pictures.size());
  for (const double sign : {1.0, -1.0}) {
    if (!(epsilon > 0)) break;
    for (std::size_t i = 0; i < moved.size(); ++i)
      moved[i] = pictures[i] + static_cast<float>(sign * epsilon) * v[i];
    executor.forward(moved, rows, step);
    executor.backward(ones);
    const auto factor = static_cast<float>(sign * gamma / (2 * epsilon * divisor));
    for (std::size_t p = 0; p < sums.size(); ++p) {
      const auto& grad = model.parameters()[p].grad;
      for (std::size_t i = 0; i < grad.size(); ++i) sums[p][i] += factor * grad[i];
    }
  }
  for (std::size_t p = 0; p < sums.size(); ++p) model.parameters()[p].grad = std::move(sums[p]);
  return gamma / 2 * length * length * static_cast<double>(v.size()) / divisor;
}

}  // namespace doppel::nn
