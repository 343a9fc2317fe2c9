// What measures a model: alone, or with others of which each has its part of every batch.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "doppel/dataset/loader/loader.h"
#include "doppel/nn/distributed/group.h"
#include "doppel/nn/engine/executor.h"

namespace doppel::nn {

/// Runs a loader's batches through a model. In a group each process has the rows that its loader gives it:
/// these are whole shards, and all take the kernels that process 0 has chosen, so that outputs are the same
/// whoever computes them.
class Inference {
 public:
  struct Options {
    int threads = 0;         ///< 0: all cores
    OnProgress timing = {};  ///< see ExecutorOptions, as `after`
    std::string after = {};
    Group* group = nullptr;  ///< null: there are no others
  };
  /// The model must outlive it. Throws UsageError where the loader isn't that of this process of the group.
  Inference(Model& model, const dataset::Loader& loader, const Options& options);

  /// A batch's outputs, one row after the other; none where a batch has no rows for this process.
  std::span<const float> outputs(const dataset::Batch& batch);
  bool is_shared() const { return group_ != nullptr; }
  /// Numbers that each process has of its rows, and 0 of others', become everybody's.
  void join(std::span<float> numbers) const;
  void join(std::span<double> numbers) const;

 private:
  Group* group_;
  std::optional<Executor> executor_;
};

/// Truths and outputs of samples of which each process has its part, until all have all. A sequential
/// loader's rows come in the order that each() has.
class JoinedRows {
 public:
  /// Of so many samples, each with so many numbers. Keeps nothing where nothing is shared.
  JoinedRows(const Inference& inference, std::size_t samples, int truths, int outputs);
  /// False where it isn't kept: there are no others.
  bool keep(std::size_t index, std::span<const float> truth, std::span<const float> outputs);
  /// Calls add(truth, outputs) for all processes' samples that were kept. All must come here.
  template <class Add>
  void each(Add add) {
    inference_.join(numbers_);
    for (std::size_t at = 0; at < numbers_.size(); at += each_)
      if (numbers_[at] != 0)
        add(std::span<const float>(numbers_).subspan(at + 1, truths_),
            std::span<const float>(numbers_).subspan(at + 1 + truths_, each_ - 1 - truths_));
  }

 private:
  const Inference& inference_;
  std::size_t truths_, each_;
  std::vector<float> numbers_;  ///< of each sample whether it was read, its truth, its outputs
};

}  // namespace doppel::nn
