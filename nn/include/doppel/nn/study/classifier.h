// Small classifiers that other things are measured by.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/fields.h"
#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/study/generation_metrics.h"
#include "doppel/nn/study/run_info.h"

namespace doppel::nn {

/// How a classifier is trained: for so many steps, whatever the size of its data. AdamW, its rate rising over
/// the first fifth of them and then falling by half a cosine.
struct ClassifierOptions {
  /// Notation. Names of networks: see network_of().
  std::string network =
      "conv3x3(16)-bn-relu-pool-[conv3x3(32)-bn-relu]*2-pool-[conv3x3(64)-bn-relu]*2-gap-fc";
  augment::Recipe recipe = {};  ///< of what it learns from; a resize to the input follows
  /// More images of the same classes, in `share` of each batch, none at the end; null: none.
  dataset::SourcePtr extra = {};
  double share = 0.25;                     ///< `extra`'s, up to `share_from`; then it falls to 0
  double share_from = 0.8;                 ///< of the steps
  std::vector<double> class_weights = {};  ///< what the loss multiplies each class's images by; empty: 1
  std::uint64_t steps = 500;               ///< batches that are learned from
  std::size_t batch = 64;                  ///< images
  std::uint64_t seed = 1;                  ///< of weights, order and augmentation
  Precision precision = Precision::BF16;   ///< what convolutions multiply in
  int threads = 0;                         ///< results don't depend on it; 0: all cores
  int shards = 0;         ///< of a batch, see TrainerOptions; processes that share a study agree on it
  OnPhase on_phase = {};  ///< see base/progress.h: of training, of kernels that are timed, and of measuring
  /// What it learns from and how: all but the recipe, `extra`, weights of classes and who is told.
  void fields(FieldVisitor& visit);
};

/// What a classifier says of one image.
struct Prediction {
  int label = -1;                  ///< what it is said to be
  int predicted = -1;              ///< what the classifier takes it for
  double confidence_in_label = 0;  ///< the probability that it gives the label, 0 where there is none
};

/// A small network, trained when it is made.
class Classifier {
 public:
  /// Trained on `train`, whose images are resized to the input where that is needed. Throws UsageError
  /// where the network doesn't fit the input and the classes, or `extra` has other classes than `train`;
  /// Error where nothing can be read.
  Classifier(const RunInfo& info, const dataset::SourcePtr& train, const ClassifierOptions& options);

  /// In the source's order. What can't be read is left out.
  std::vector<Prediction> predictions(const dataset::SourcePtr& source);
  /// The share of predictions() that are right, 0 to 1; 0 where nothing can be read.
  double accuracy(const dataset::SourcePtr& source);
  /// True of notation that ends in the `-fc` which features() takes off.
  static bool has_features(std::string_view network);
  /// What its last layer sees. Throws UsageError where has_features() is false of its network.
  FeatureSet features(const dataset::SourcePtr& source);

 private:
  RunInfo info_;
  ClassifierOptions options_;
  Model model_;
};

/// `count` samples of a source, each shown as often as any other to within one; in random order.
/// Throws Error where the source is empty.
dataset::SourcePtr exactly(const dataset::SourcePtr& source, std::size_t count, std::uint64_t seed);

}  // namespace doppel::nn
