#include "doppel/nn/model/loss.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace doppel::nn {
namespace {

/// log(sum of exp(x)).
double log_sum_exp(std::span<const float> logits) {
  const double top = static_cast<double>(*std::ranges::max_element(logits));
  double sum = 0;
  for (const float x : logits) sum += std::exp(static_cast<double>(x) - top);
  return std::log(sum) + top;
}

/// What a row counts.
double row_weight(std::span<const float> shares, const std::vector<double>& weights) {
  if (weights.empty()) return 1;
  double sum = 0;
  for (std::size_t c = 0; c < shares.size(); ++c) sum += weights[c] * static_cast<double>(shares[c]);
  return sum;
}

}  // namespace

Loss cross_entropy(double smoothing, std::vector<double> weights) {
  return [smoothing, weights = std::move(weights)](std::span<const float> logits,
                                                   std::span<const float> shares, std::span<float> gradient) {
    const double log_sum = log_sum_exp(logits), even = smoothing / static_cast<double>(logits.size()),
                 weight = row_weight(shares, weights);
    double loss = 0;
    for (std::size_t c = 0; c < logits.size(); ++c) {
      const double target = even + (1 - smoothing) * static_cast<double>(shares[c]),
                   x = static_cast<double>(logits[c]);
      loss += target * (log_sum - x);
      gradient[c] = static_cast<float>(weight * (std::exp(x - log_sum) - target));
    }
    return weight * loss;
  };
}

Loss focal(double focus, std::vector<double> weights) {
  return [focus, weights = std::move(weights)](std::span<const float> logits, std::span<const float> shares,
                                               std::span<float> gradient) {
    const double log_sum = log_sum_exp(logits), weight = row_weight(shares, weights);
    double loss = 0, all = 0;
    // d loss / d x_j = p_j · (sum of s_c) - s_j with s_c = p_c · d loss_c / d p_c, negated.
    std::vector<double> slopes(logits.size());
    for (std::size_t c = 0; c < logits.size(); ++c) {
      const double log_p = static_cast<double>(logits[c]) - log_sum, p = std::exp(log_p), rest = 1 - p,
                   share = static_cast<double>(shares[c]);
      loss -= share * std::pow(rest, focus) * log_p;
      slopes[c] =
          share * (std::pow(rest, focus) - (focus == 0 ? 0 : focus * p * std::pow(rest, focus - 1) * log_p));
      all += slopes[c];
    }
    for (std::size_t c = 0; c < logits.size(); ++c)
      gradient[c] =
          static_cast<float>(weight * (std::exp(static_cast<double>(logits[c]) - log_sum) * all - slopes[c]));
    return weight * loss;
  };
}

Loss binary_cross_entropy(double smoothing, std::vector<double> weights) {
  return [smoothing, weights = std::move(weights)](std::span<const float> logits,
                                                   std::span<const float> shares, std::span<float> gradient) {
    const double weight = row_weight(shares, weights);
    double loss = 0;
    for (std::size_t c = 0; c < logits.size(); ++c) {
      const double target = smoothing / 2 + (1 - smoothing) * static_cast<double>(shares[c]),
                   x = static_cast<double>(logits[c]);
      // max(x, 0) - x · target + log(1 + exp(-|x|))
      loss += std::max(x, 0.0) - x * target + std::log1p(std::exp(-std::abs(x)));
      gradient[c] = static_cast<float>(weight * (1 / (1 + std::exp(-x)) - target));
    }
    return weight * loss;
  };
}

std::vector<double> balanced_weights(std::span<const std::size_t> counts) {
  const auto all = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::size_t{0}));
  std::vector<double> weights;
  for (const std::size_t n : counts)
    weights.push_back(n == 0 ? 0 : all / (static_cast<double>(counts.size()) * static_cast<double>(n)));
  return weights;
}

}  // namespace doppel::nn
