// What is counted while evaluating labels that don't exclude each other.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace doppel::nn {

/// 1 / (1 + exp(-x)) of each: the probability of each class by itself.
std::vector<double> sigmoid(std::span<const float> logits);

/// Truths and logits of rows with any number of labels, and what follows from them. A class is there where
/// its share is 0.5 or more, and is predicted where its probability is. Holds 5 bytes for each row and class.
class MultiLabel {
 public:
  /// Of no rows yet.
  explicit MultiLabel(int classes);
  /// Adds a row: its label's shares and the network's logits, one for each class.
  void add(std::span<const float> shares, std::span<const float> logits);

  int classes() const { return classes_; }       ///< that it was made for
  std::int64_t total() const { return total_; }  ///< rows
  std::int64_t positives(int c) const;           ///< rows where class c is there
  /// The area below the curve of precision over recall as a sum of steps: over all logits that come up, from
  /// the highest, the gain in recall times the precision among rows with that logit or a higher one. Rows
  /// with the same logit come in together. None for a class that is nowhere.
  std::optional<double> average_precision(int c) const;
  /// The mean of those that there are (mAP); 0 where there is none.
  double mean_average_precision() const;
  double precision(int c) const;  ///< of the predictions of c, the share right; 0 of none
  double recall(int c) const;     ///< of the rows of class c, the share found; 0 of none
  double f1(int c) const;         ///< 2 · right / (predictions + rows of class c); 0 of none
  double f1_macro() const;        ///< the mean of f1() over classes that are there or predicted; 0 of none
  double f1_micro() const;        ///< f1() of all classes' counts together
  double exact_match() const;     ///< share of rows with just the right set of classes; 0 of none
  double mean_loss() const;       ///< a row's sum of binary cross-entropies, in the mean
  /// Every row has one label alone.
  bool has_one_label_each() const { return total_ > 0 && single_ == total_; }
  /// The share of rows whose most probable class is there.
  double accuracy() const;

 private:
  /// Of one class's predictions at 0.5, or of several together.
  struct Counts {
    std::int64_t right = 0, predicted = 0, there = 0;
    double f1() const;
  };
  int classes_;
  std::vector<float> logits_;         ///< [rows, classes]
  std::vector<unsigned char> there_;  ///< the same
  std::vector<Counts> counts_;        ///< by class
  std::int64_t total_ = 0, single_ = 0, exact_ = 0, top_right_ = 0;
  double loss_ = 0;
};

}  // namespace doppel::nn
