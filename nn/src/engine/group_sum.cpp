#include "group_sum.h"

#include <algorithm>
#include <array>
#include <vector>

namespace doppel::nn {

LossSums sum_over_group(Group& group, Model& model, const LossSums& part) {
  const auto learns = [](const Parameter& p) { return p.rate != 0 && !p.grad.empty(); };
  // One message for all.
  static thread_local std::vector<float> gradients;
  gradients.clear();
  for (const Parameter& p : model.parameters())
    if (learns(p)) gradients.insert(gradients.end(), p.grad.begin(), p.grad.end());
  group.sum(std::span<float>(gradients));
  auto at = gradients.cbegin();
  for (Parameter& p : model.parameters())
    if (learns(p)) {
      std::copy_n(at, p.grad.size(), p.grad.begin());
      at += static_cast<std::ptrdiff_t>(p.grad.size());
    }
  std::array<double, 3> sums{part.loss, double(part.correct), double(part.rows)};
  group.sum(std::span<double>(sums));
  return {sums[0], static_cast<int>(sums[1]), static_cast<int>(sums[2])};
}

}  // namespace doppel::nn
