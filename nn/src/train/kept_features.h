// What frozen layers make of images that are the same in every epoch, computed once.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "doppel/dataset/loader/loader.h"
#include "doppel/nn/engine/executor.h"

namespace doppel::nn {

/// A node's values for each sample of a source, as images of floats in the model's order: [C, H, W] as C rows
/// of H · W numbers, a vector as one row. Labels, numbers and weights are those that the loader gave.
class FeatureSource final : public dataset::Source {
 public:
  /// Reads all of `images`, whose source must outlive this, and runs `executor` on it, which gives the values
  /// of a node of that shape. `progress` gets the samples done.
  FeatureSource(Executor& executor, const Shape& shape, const dataset::Loader& images,
                const OnProgress& progress);
  std::size_t size() const override { return source_.size(); }
  dataset::Item read(std::size_t index) const override;
  std::string name(std::size_t index) const override { return source_.name(index); }
  int label(std::size_t index) const override { return source_.label(index); }
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override {
    return source_.label_shares(index);
  }
  std::vector<std::string> number_names() const override { return source_.number_names(); }
  std::vector<double> numbers(std::size_t index) const override { return source_.numbers(index); }
  const std::vector<std::string>& classes() const override { return source_.classes(); }

 private:
  const dataset::Source& source_;
  int rows_, columns_;                    ///< of a sample's image
  std::vector<float> values_;             ///< sample after sample
  std::vector<augment::Sample> targets_;  ///< without their images
  std::vector<std::string> failed_;       ///< why a sample has no values; empty: it has
};

/// What training goes on from in place of images.
struct KeptFeatures {
  std::string node;                            ///< whose values they are
  std::unique_ptr<dataset::Loader> train;      ///< the same samples in the same order and batches
  std::unique_ptr<dataset::Loader> valid;      ///< null: there is none, or it isn't the same in every epoch
  std::map<std::string, std::string> kernels;  ///< by which they were computed, see ExecutorOptions::kernels
  std::size_t bytes = 0;                       ///< that they take
};

/// The node up to which nothing learns, drops out or moves its statistics, and from which alone the rest goes
/// on: the last one, of those whose values take at most `numbers` for one image. Empty: there is none, or
/// nothing with weights comes before it.
std::string frozen_until(const Model& model, std::size_t numbers);

/// True where the loader gives each sample the same pixels and targets in every epoch: draws of 256 samples
/// are compared.
bool is_same_every_epoch(const dataset::Loader& loader);

/// Computes them, where layers are frozen, `train` is the same in every epoch, and they take no more than a
/// gigabyte; else nothing. `how`: shards, threads, kernels and timing. The loaders' sources must outlive
/// them.
std::optional<KeptFeatures> keep_features(Model& model, const dataset::Loader& train,
                                          const dataset::Loader* valid, const ExecutorOptions& how,
                                          const OnProgress& progress);

}  // namespace doppel::nn
