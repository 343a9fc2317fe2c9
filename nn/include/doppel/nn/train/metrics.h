// What is counted while evaluating.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace doppel::nn {

/// counts[truth][prediction], and the calibration of the probabilities.
class Confusion {
 public:
  /// Of no rows yet.
  explicit Confusion(int classes);
  /// Adds a row: its label and the network's logits.
  void add(int label, std::span<const float> logits);

  int classes() const { return classes_; }  ///< that it was made for
  /// Rows of class `truth` for which `prediction` was the most probable.
  std::int64_t at(int truth, int prediction) const {
    return counts_[static_cast<std::size_t>(truth * classes_ + prediction)];
  }
  std::int64_t total() const { return total_; }  ///< rows
  double accuracy() const;                       ///< share of rows that were right; 0 of none
  /// The share of rows whose label is among the `k` most probable classes.
  double top_accuracy(int k) const;
  double mean_loss() const;       ///< cross-entropy
  double recall(int c) const;     ///< of the samples of class c, the share found
  double precision(int c) const;  ///< of the predictions c, the share right
  /// Expected calibration error over 15 bins of confidence (Guo et al. 2017).
  double calibration_error() const;
  /// Rows whose highest probability lies in [i / 15, (i + 1) / 15), in the last bin also at 1.
  struct Bin {
    double confidence = 0;   ///< the sum of their highest probabilities
    std::int64_t right = 0;  ///< how many of them were right
    std::int64_t count = 0;  ///< how many there are
  };
  const std::vector<Bin>& bins() const { return bins_; }  ///< 15, from the least confident

 private:
  int classes_;
  std::vector<std::int64_t> counts_;
  std::vector<std::int64_t> ranks_;  ///< rows by how many classes are more probable than theirs
  std::vector<Bin> bins_;
  std::int64_t total_ = 0, right_ = 0;
  double loss_ = 0;
};

/// exp(x - max) / sum.
std::vector<double> softmax(std::span<const float> logits);

}  // namespace doppel::nn
