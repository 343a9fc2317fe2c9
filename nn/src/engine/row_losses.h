// What the rows of a batch lose, added up as everything is that is added up over a batch.
#pragma once

#include <span>
#include <vector>

#include "distributed/tree_sum.h"
#include "doppel/nn/engine/executor.h"
#include "step.h"

namespace doppel::nn::engine {

/// The sum of of_row(r) over all rows: each shard's in order, then by a tree.
template <class OfRow>
double sum_of_rows(const std::vector<Shard>& lanes, OfRow of_row) {
  static thread_local std::vector<double> sums;
  sums.assign(lanes.size(), 0);
  for (std::size_t i = 0; i < sums.size(); ++i)
    for (int r = 0; r < lanes[i].rows; ++r) sums[i] += of_row(lanes[i].first + r);
  sum_by_tree(static_cast<int>(sums.size()), [&](int to, int from) {
    sums[static_cast<std::size_t>(to)] += sums[static_cast<std::size_t>(from)];
  });
  return sums[0];
}

/// What rows are to be, and how that is measured.
struct RowTargets {
  std::span<const float> targets;  ///< [rows, outputs]
  const Loss& of_row;
  std::span<const float> weights;  ///< of the rows' losses; empty: 1
};

/// Sets the gradient of `logits` to that of `share` times each row's loss.
LossSums loss_of_rows(const std::vector<Shard>& lanes, const Blob& logits, float share,
                      const RowTargets& wanted);

/// What images of logits lose whose targets are masks, row by row.
class MaskLoss {
 public:
  /// All must outlive it. `logits`, `gradient`: [rows, classes, H, W]; `share`: of the batch's loss, a row's.
  /// Throws Error where a mask has a class that isn't one of `classes`.
  MaskLoss(std::span<const float> logits, std::span<float> gradient, int classes, float share,
           const RowTargets& wanted, int rows);
  /// Of row r, whose gradient it sets.
  double of(int r) const;

 private:
  std::span<const float> logits_;
  std::span<float> gradient_;
  float share_;
  RowTargets wanted_;
  std::size_t numbers_, area_;  ///< of a row
};

}  // namespace doppel::nn::engine
