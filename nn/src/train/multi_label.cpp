#include "doppel/nn/train/multi_label.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace doppel::nn {
namespace {

double share_of(std::int64_t part, std::int64_t all) {
  return all > 0 ? static_cast<double>(part) / static_cast<double>(all) : 0;
}

}  // namespace

std::vector<double> sigmoid(std::span<const float> logits) {
  std::vector<double> p;
  for (const float x : logits) p.push_back(1 / (1 + std::exp(-static_cast<double>(x))));
  return p;
}

MultiLabel::MultiLabel(int classes) : classes_(classes), counts_(static_cast<std::size_t>(classes)) {}

void MultiLabel::add(std::span<const float> shares, std::span<const float> logits) {
  int labels = 0;
  bool exact = true;
  for (std::size_t c = 0; c < counts_.size(); ++c) {
    const bool there = shares[c] >= 0.5F, predicted = logits[c] >= 0;
    const auto x = static_cast<double>(logits[c]), target = static_cast<double>(shares[c]);
    counts_[c].there += there;
    counts_[c].predicted += predicted;
    counts_[c].right += there && predicted;
    labels += there;
    exact = exact && there == predicted;
    loss_ += std::max(x, 0.0) - x * target + std::log1p(std::exp(-std::abs(x)));
    logits_.push_back(logits[c]);
    there_.push_back(there);
  }
  ++total_;
  single_ += labels == 1;
  exact_ += exact;
  top_right_ += shares[static_cast<std::size_t>(std::ranges::max_element(logits) - logits.begin())] >= 0.5F;
}

std::int64_t MultiLabel::positives(int c) const { return counts_[static_cast<std::size_t>(c)].there; }

std::optional<double> MultiLabel::average_precision(int c) const {
  const std::int64_t positives = this->positives(c);
  if (positives == 0) return {};
  const auto width = static_cast<std::size_t>(classes_), own = static_cast<std::size_t>(c);
  const auto logit = [&](std::size_t row) { return logits_[row * width + own]; };
  std::vector<std::size_t> rows(static_cast<std::size_t>(total_));
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::ranges::sort(rows, std::greater(), logit);
  double area = 0;
  std::int64_t found = 0, seen = 0;
  for (std::size_t i = 0; i < rows.size();) {
    const float level = logit(rows[i]);
    const std::int64_t before = found;
    for (; i < rows.size() && logit(rows[i]) == level; ++i, ++seen) found += there_[rows[i] * width + own];
    area += share_of(found - before, positives) * share_of(found, seen);
  }
  return area;
}

double MultiLabel::mean_average_precision() const {
  double sum = 0;
  int known = 0;
  for (int c = 0; c < classes_; ++c)
    if (const auto one = average_precision(c)) {
      sum += *one;
      ++known;
    }
  return known > 0 ? sum / known : 0;
}

double MultiLabel::precision(int c) const {
  const Counts& of = counts_[static_cast<std::size_t>(c)];
  return share_of(of.right, of.predicted);
}

double MultiLabel::recall(int c) const {
  const Counts& of = counts_[static_cast<std::size_t>(c)];
  return share_of(of.right, of.there);
}

double MultiLabel::Counts::f1() const { return share_of(2 * right, predicted + there); }

double MultiLabel::f1(int c) const { return counts_[static_cast<std::size_t>(c)].f1(); }

double MultiLabel::f1_macro() const {
  double sum = 0;
  int met = 0;
  for (const Counts& of : counts_) {
    sum += of.f1();
    met += of.there + of.predicted > 0;
  }
  return met > 0 ? sum / met : 0;
}

double MultiLabel::f1_micro() const {
  Counts all;
  for (const Counts& of : counts_)
    all = {all.right + of.right, all.predicted + of.predicted, all.there + of.there};
  return all.f1();
}

double MultiLabel::exact_match() const { return share_of(exact_, total_); }
double MultiLabel::accuracy() const { return share_of(top_right_, total_); }
double MultiLabel::mean_loss() const { return total_ > 0 ? loss_ / static_cast<double>(total_) : 0; }

}  // namespace doppel::nn
