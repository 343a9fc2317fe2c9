// Numbers that a network tells of an image: how they are learned, and how far off it is.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/nn/distributed/group.h"
#include "doppel/nn/model/loss.h"
#include "doppel/nn/model/model.h"

namespace doppel::nn {

/// What a network's outputs are where they are numbers: each learns (number - mean) / std.
struct NumberTask {
  std::vector<std::string> names = {};  ///< one for each output; empty: it learns classes
  std::vector<double> mean = {};        ///< of the training samples
  std::vector<double> std = {};         ///< of the training samples; 1 where they are all alike
  /// Whether it learns classes.
  bool empty() const { return names.empty(); }
  /// What the network has to give for these numbers.
  std::vector<float> standardised(std::span<const double> numbers) const;
  /// The numbers that its outputs mean.
  std::vector<double> numbers(std::span<const float> outputs) const;
  friend bool operator==(const NumberTask&, const NumberTask&) = default;
};

/// Of the samples that have numbers. Throws Error where none has, or the source has no names for them.
NumberTask number_task(const dataset::Source& train);

/// Whether a loss can learn numbers: mse, mae, huber, and your own.
bool learns_numbers(const Loss& loss);

/// What a loss compares a batch's outputs with, [N, outputs] F32: of numbers these standardised, of masks
/// mask_targets(), else soft_labels(). Throws Error for a row with another count of numbers.
dataset::Tensor loss_targets(const dataset::Batch& batch, int outputs, const Loss& loss,
                             const NumberTask& task);
/// What each row's loss is multiplied by; empty where all count alike.
std::vector<float> loss_weights(const dataset::Batch& batch);

/// How far predictions are from the truth. Weights of samples don't count here.
class NumberErrors {
 public:
  /// Of no rows yet; `count` numbers each.
  explicit NumberErrors(std::size_t count);
  /// Adds a row; both have as many numbers, in their own units.
  void add(std::span<const double> truths, std::span<const double> predictions);

  std::size_t count() const { return sums_.size(); }   ///< of numbers in a row
  std::int64_t total() const { return total_; }        ///< rows
  double mean_absolute_error(std::size_t k) const;     ///< in the number's unit; 0 of no rows
  double root_mean_square_error(std::size_t k) const;  ///< in the number's unit; 0 of no rows
  /// 1 - (sum of squared errors) / (sum of squared distances from the truths' mean): 1 is perfect, 0 as good
  /// as always that mean. 0 where all truths are alike.
  double r2(std::size_t k) const;
  double mean_absolute_error() const;  ///< the mean over the numbers
  double r2() const;                   ///< the mean over the numbers

 private:
  struct Sums {
    double absolute = 0, squared = 0;
    double mean = 0, spread = 0;  ///< of the truths, as Welford (1962) has them
  };
  std::vector<Sums> sums_;
  std::int64_t total_ = 0;
};

/// A sample's place in its source, its numbers, and the network's outputs, which are standardised.
using OnNumbers =
    std::function<void(std::size_t index, std::span<const double> truths, std::span<const float> outputs)>;

/// evaluate() of numbers, over `views` epochs of the loader: a row's prediction is the mean of its views'.
/// `on_row` gets every view; `after` as there, `group` as for evaluate_views(). Throws Error, with the
/// sample, for one with another count of numbers.
NumberErrors evaluate_numbers(Model& model, dataset::Loader& loader, const NumberTask& task, int views = 1,
                              int threads = 0, const OnNumbers& on_row = {}, const OnProgress& timing = {},
                              const std::string& after = {}, Group* group = nullptr);

}  // namespace doppel::nn
