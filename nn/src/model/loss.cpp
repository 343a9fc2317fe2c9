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
  double sum = 0, all = 0;
  for (std::size_t c = 0; c < shares.size(); ++c) {
    sum += weights[c] * static_cast<double>(shares[c]);
    all += static_cast<double>(shares[c]);
  }
  if (std::abs(all - 1) < 1e-5) return sum;  // but for rounding a distribution
  return all > 0 ? sum / all : 1;
}

void visit_smoothing(FieldVisitor& visit, double& smoothing) {
  visit({"label_smoothing", {0, 1, false, true}, "SHARE", "of a label that goes to the other classes"},
        smoothing);
}

void visit_weights(FieldVisitor& visit, std::vector<double>& weights) {
  visit({.name = "weights_of_classes", .bounds = {0}, .help = "how much each class counts", .follows = true},
        weights);
}

}  // namespace

double CrossEntropy::operator()(Logits logits, Shares shares, std::span<float> gradient) const {
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
}

double Focal::operator()(Logits logits, Shares shares, std::span<float> gradient) const {
  const double log_sum = log_sum_exp(logits), weight = row_weight(shares, weights);
  double loss = 0, all = 0;
  // d loss / d x_j = p_j · (sum of s_c) - s_j with s_c = p_c · d loss_c / d p_c, negated.
  std::vector<double> parts(logits.size());
  for (std::size_t c = 0; c < logits.size(); ++c) {
    const double log_p = static_cast<double>(logits[c]) - log_sum, p = std::exp(log_p), rest = 1 - p,
                 share = static_cast<double>(shares[c]);
    loss -= share * std::pow(rest, focus) * log_p;
    parts[c] =
        share * (std::pow(rest, focus) - (focus == 0 ? 0 : focus * p * std::pow(rest, focus - 1) * log_p));
    all += parts[c];
  }
  for (std::size_t c = 0; c < logits.size(); ++c)
    gradient[c] =
        static_cast<float>(weight * (std::exp(static_cast<double>(logits[c]) - log_sum) * all - parts[c]));
  return weight * loss;
}

double BinaryCrossEntropy::operator()(Logits logits, Shares shares, std::span<float> gradient) const {
  double loss = 0;
  for (std::size_t c = 0; c < logits.size(); ++c) {
    const double target = smoothing / 2 + (1 - smoothing) * static_cast<double>(shares[c]),
                 x = static_cast<double>(logits[c]), weight = weights.empty() ? 1 : weights[c];
    // max(x, 0) - x · target + log(1 + exp(-|x|))
    loss += weight * (std::max(x, 0.0) - x * target + std::log1p(std::exp(-std::abs(x))));
    gradient[c] = static_cast<float>(weight * (1 / (1 + std::exp(-x)) - target));
  }
  return loss;
}

double MeanSquaredError::operator()(Logits logits, Shares shares, std::span<float> gradient) const {
  const double weight = row_weight(shares, weights) / static_cast<double>(logits.size());
  double loss = 0;
  for (std::size_t c = 0; c < logits.size(); ++c) {
    const double error = static_cast<double>(logits[c]) - static_cast<double>(shares[c]);
    loss += error * error;
    gradient[c] = static_cast<float>(2 * weight * error);
  }
  return weight * loss;
}

double MeanAbsoluteError::operator()(Logits logits, Shares shares, std::span<float> gradient) const {
  const double weight = row_weight(shares, weights) / static_cast<double>(logits.size());
  double loss = 0;
  for (std::size_t c = 0; c < logits.size(); ++c) {
    const double error = static_cast<double>(logits[c]) - static_cast<double>(shares[c]);
    loss += std::abs(error);
    gradient[c] = static_cast<float>(error > 0 ? weight : error < 0 ? -weight : 0);
  }
  return weight * loss;
}

double Huber::operator()(Logits logits, Shares shares, std::span<float> gradient) const {
  const double weight = row_weight(shares, weights) / static_cast<double>(logits.size());
  double loss = 0;
  for (std::size_t c = 0; c < logits.size(); ++c) {
    const double error = static_cast<double>(logits[c]) - static_cast<double>(shares[c]),
                 near = std::clamp(error, -delta, delta);
    loss += near * (error - near / 2);
    gradient[c] = static_cast<float>(weight * near);
  }
  return weight * loss;
}

void Segmentation::fields(FieldVisitor& visit) {
  visit({"dice", {0, 1}, "SHARE", "of the loss that is Dice's; the rest is the pixels' cross-entropy"}, dice);
  visit_weights(visit, weights);
}

void MeanSquaredError::fields(FieldVisitor& visit) { visit_weights(visit, weights); }

void MeanAbsoluteError::fields(FieldVisitor& visit) { visit_weights(visit, weights); }

void Huber::fields(FieldVisitor& visit) {
  visit({"huber_delta", {.low = 0, .above_low = true}, "NUMBER", "errors above count as absolute ones"},
        delta);
  visit_weights(visit, weights);
}

void CrossEntropy::fields(FieldVisitor& visit) {
  visit_smoothing(visit, smoothing);
  visit_weights(visit, weights);
}

void Focal::fields(FieldVisitor& visit) {
  visit({"focus", {0, 100}, "NUMBER", "how little rows count that are right already"}, focus);
  visit_weights(visit, weights);
}

void BinaryCrossEntropy::fields(FieldVisitor& visit) {
  visit_smoothing(visit, smoothing);
  visit_weights(visit, weights);
}

dataset::Labels labels_of(const Loss& loss) {
  const bool needs_distribution =
      std::holds_alternative<CrossEntropy>(loss) || std::holds_alternative<Focal>(loss);
  return needs_distribution ? dataset::Labels::Exclusive : dataset::Labels::Independent;
}

dataset::Labels outputs_of(const Loss& loss) {
  return std::holds_alternative<BinaryCrossEntropy>(loss) ? dataset::Labels::Independent
                                                          : dataset::Labels::Exclusive;
}

bool learns_masks(const Loss& loss) { return std::holds_alternative<Segmentation>(loss); }

double smoothing_of(const Loss& loss) {
  return std::visit(
      [](const auto& kind) {
        if constexpr (requires { kind.smoothing; })
          return kind.smoothing;
        else
          return 0.0;
      },
      loss);
}

void set_class_weights(Loss& loss, const std::vector<double>& weights) {
  std::visit(
      [&](auto& kind) {
        if constexpr (requires { kind.weights; }) kind.weights = weights;
      },
      loss);
}

std::vector<double> balanced_weights(std::span<const std::size_t> counts) {
  const auto all = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::size_t{0}));
  std::vector<double> weights;
  for (const std::size_t n : counts)
    weights.push_back(n == 0 ? 0 : all / (static_cast<double>(counts.size()) * static_cast<double>(n)));
  return weights;
}

}  // namespace doppel::nn
