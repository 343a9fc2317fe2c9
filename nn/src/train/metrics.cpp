#include "doppel/nn/train/metrics.h"

#include <algorithm>
#include <cmath>

namespace doppel::nn {

std::vector<double> softmax(std::span<const float> logits) {
  const double top = static_cast<double>(*std::ranges::max_element(logits));
  std::vector<double> p;
  double sum = 0;
  for (const float x : logits) sum += p.emplace_back(std::exp(static_cast<double>(x) - top));
  for (double& v : p) v /= sum;
  return p;
}

Confusion::Confusion(int classes)
    : classes_(classes),
      counts_(static_cast<std::size_t>(classes) * static_cast<std::size_t>(classes)),
      ranks_(static_cast<std::size_t>(classes)),
      bins_(15) {}

void Confusion::add(int label, std::span<const float> logits) {
  const std::vector<double> p = softmax(logits);
  const auto best = std::ranges::max_element(p);
  const int prediction = static_cast<int>(best - p.begin());
  ++counts_[static_cast<std::size_t>(label * classes_ + prediction)];
  ++total_;
  const float own = logits[static_cast<std::size_t>(label)];
  ++ranks_[static_cast<std::size_t>(std::ranges::count_if(logits, [own](float x) { return x > own; }))];
  right_ += prediction == label;
  loss_ -= std::log(std::max(1e-300, p[static_cast<std::size_t>(label)]));
  Bin& bin = bins_[std::min<std::size_t>(14, static_cast<std::size_t>(*best * 15))];
  bin.confidence += *best;
  bin.right += prediction == label;
  ++bin.count;
}

double Confusion::accuracy() const {
  return total_ ? static_cast<double>(right_) / static_cast<double>(total_) : 0;
}
double Confusion::top_accuracy(int k) const {
  std::int64_t found = 0;
  for (int rank = 0; rank < std::min(k, classes_); ++rank) found += ranks_[static_cast<std::size_t>(rank)];
  return total_ ? static_cast<double>(found) / static_cast<double>(total_) : 0;
}
double Confusion::mean_loss() const { return total_ ? loss_ / static_cast<double>(total_) : 0; }

double Confusion::recall(int c) const {
  std::int64_t all = 0;
  for (int p = 0; p < classes_; ++p) all += at(c, p);
  return all ? static_cast<double>(at(c, c)) / static_cast<double>(all) : 0;
}

double Confusion::precision(int c) const {
  std::int64_t all = 0;
  for (int t = 0; t < classes_; ++t) all += at(t, c);
  return all ? static_cast<double>(at(c, c)) / static_cast<double>(all) : 0;
}

double Confusion::calibration_error() const {
  double error = 0;
  for (const Bin& bin : bins_) error += std::abs(bin.confidence - static_cast<double>(bin.right));
  return total_ ? error / static_cast<double>(total_) : 0;
}

}  // namespace doppel::nn
