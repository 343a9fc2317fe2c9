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

/// How a classifier is trained: for so many steps, whatever the size of its data. SGD, its rate falling by
/// half a cosine.
struct ClassifierOptions {
  std::string network =
      "conv3x3(16)-bn-relu-pool-[conv3x3(32)-bn-relu]*2-pool-[conv3x3(64)-bn-relu]*2-gap-fc";
  augment::Recipe recipe = {};
  dataset::SourcePtr extra =
      {};  ///< more pictures of the same classes, in `share` of each batch, none at the end
  double share = 0.25;
  std::uint64_t steps = 500;
  std::size_t batch = 64;
  std::uint64_t seed = 1;
  Precision precision = Precision::BF16;
  int threads = 0;
  OnPhase on_phase = {};  ///< see base/progress.h: of training, of kernels that are timed, and of measuring
  /// What it learns from and how: all but the recipe, `extra` and who is told.
  void fields(FieldVisitor& visit);
};

/// What a classifier says of one image.
struct Prediction {
  int label = -1;      ///< what it is said to be
  int predicted = -1;  ///< what the classifier takes it for
  double confidence_in_label = 0;
};

class Classifier {
 public:
  /// Trained on `train`, whose pictures are resized to the input where that is needed.
  Classifier(const RunInfo& info, const dataset::SourcePtr& train, const ClassifierOptions& options);

  /// In the source's order. What can't be read is left out.
  std::vector<Prediction> predictions(const dataset::SourcePtr& source);
  double accuracy(const dataset::SourcePtr& source);
  /// True of notation that ends in the `-fc` which features() takes off.
  static bool has_features(std::string_view network);
  /// What its last layer sees.
  FeatureSet features(const dataset::SourcePtr& source);

 private:
  RunInfo info_;
  ClassifierOptions options_;
  Model model_;
};

/// `count` samples of a source, each shown as often as any other to within one; in random order.
dataset::SourcePtr exactly(const dataset::SourcePtr& source, std::size_t count, std::uint64_t seed);

}  // namespace doppel::nn
