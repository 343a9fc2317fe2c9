// Which generated images are worth keeping.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "doppel/nn/gan/gan.h"
#include "doppel/nn/study/classifier.h"

namespace doppel::nn {

/// What is said of one image, and whether it stays.
struct Decision {
  std::string dropped;    ///< why; empty: it is kept
  double confidence = 0;  ///< of a classifier in its class
  double score = 0;       ///< the discriminator's
  double distance = 0;    ///< to the nearest training image, by the classifier's features
};

/// Judges by training images only: a classifier that learned from them, and the nearest of them.
class ImageFilter {
 public:
  /// How strict it is.
  struct Options {
    double confidence =
        0.5;  ///< the least that the classifier gives to the image's class, which it must prefer
    double quantile = 0.1;  ///< of the first images' scores: what the discriminator likes less is dropped
  };
  /// Trains the classifier. `gan` null: nobody scores the images.
  ImageFilter(const RunInfo& info, const dataset::SourcePtr& train, std::shared_ptr<Gan> gan,
              const Options& options, const ClassifierOptions& judging = {});
  /// Images [C, H, W] in [-1, 1], one after the other, with the classes that they were made as. The first
  /// call sets the score that later images need, too: `quantile` is of its images.
  std::vector<Decision> decide(std::span<const float> images, const std::vector<int>& labels);
  /// Those that decide() keeps of a source of 8-bit images, by their places, in order.
  std::vector<std::size_t> kept(const dataset::Source& images);

 private:
  RunInfo info_;
  std::shared_ptr<Gan> gan_;
  Options options_;
  Classifier classifier_;
  FeatureSet train_;
  double copies_ = 0;  ///< nearer than this is a copy: see copying_bound()
  std::optional<double> least_score_;
};

}  // namespace doppel::nn
