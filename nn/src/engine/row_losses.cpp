#include "row_losses.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"

namespace doppel::nn::engine {
namespace {

/// The most probable class has the largest share. Of independent labels it's one of those with it, or none is
/// probable where there is none.
bool is_right(std::span<const float> row, std::span<const float> shares, bool independent) {
  const auto top = std::ranges::max_element(row) - row.begin();
  const auto most = std::ranges::max_element(shares);
  if (!independent) return top == most - shares.begin();
  if (*most > 0) return shares[static_cast<std::size_t>(top)] == *most;
  return row[static_cast<std::size_t>(top)] < 0;
}

}  // namespace

LossSums loss_of_rows(const std::vector<Shard>& lanes, const Blob& logits, float share,
                      const RowTargets& wanted) {
  const auto classes = static_cast<std::size_t>(logits.shape.channels);
  const bool independent = outputs_of(wanted.of_row) == dataset::Labels::Independent;
  LossSums sums;
  sums.loss = sum_of_rows(lanes, [&](int r) {
    const std::span<const float> row(logits.row(r), classes);
    const std::span<float> gradient(logits.grad_row(r), classes);
    const auto shares = wanted.targets.subspan(static_cast<std::size_t>(r) * classes, classes);
    const float counts = wanted.weights.empty() ? 1.F : wanted.weights[static_cast<std::size_t>(r)];
    const double loss = static_cast<double>(counts) * row_loss(wanted.of_row, row, shares, gradient);
    for (float& g : gradient) g *= share * counts;
    sums.correct += is_right(row, shares, independent);
    ++sums.rows;
    return loss;
  });
  return sums;
}

MaskLoss::MaskLoss(std::span<const float> logits, std::span<float> gradient, int classes, float share,
                   const RowTargets& wanted, int rows)
    : logits_(logits),
      gradient_(gradient),
      share_(share),
      wanted_(wanted),
      numbers_(logits.size() / static_cast<std::size_t>(rows)),
      area_(wanted.targets.size() / static_cast<std::size_t>(rows)) {
  if (const float most = *std::ranges::max_element(wanted.targets); most >= static_cast<float>(classes))
    throw Error(
        fmt::format("class {} of a mask is outside the network's {} (0 to {})", most, classes, classes - 1));
}

double MaskLoss::of(int row) const {
  const auto r = static_cast<std::size_t>(row);
  const std::span<float> gradient = gradient_.subspan(r * numbers_, numbers_);
  const float counts = wanted_.weights.empty() ? 1.F : wanted_.weights[r];
  const double loss =
      static_cast<double>(counts) * row_loss(wanted_.of_row, logits_.subspan(r * numbers_, numbers_),
                                             wanted_.targets.subspan(r * area_, area_), gradient);
  for (float& g : gradient) g *= counts * share_;
  return loss;
}

}  // namespace doppel::nn::engine
