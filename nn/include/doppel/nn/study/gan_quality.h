// How good a GAN's images are, by a classifier that was trained on the real ones.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "doppel/nn/gan/generative_model.h"
#include "doppel/nn/study/classifier.h"
#include "doppel/nn/study/copies.h"
#include "doppel/nn/study/generation_metrics.h"
#include "doppel/nn/study/inception_features.h"

namespace doppel::nn {

/// While it trains.
struct GanScore {
  std::uint64_t step = 0;  ///< steps that the GAN has done
  double frechet = 0;      ///< see frechet_distance(); 0 where there are fewer than 2 real images
  KernelDistance kernel;   ///< see kernel_distance()
  Overlap overlap;         ///< all 0 where there are 5 images or fewer
  /// Share of images that the classifier takes for their class; none of a GAN that isn't asked for any.
  std::optional<double> agreement;
};

/// Of one class.
struct ClassQuality {
  Overlap overlap;                  ///< all 0 where there are 5 images of it or fewer
  std::optional<double> agreement;  ///< as GanScore's, of the images asked for as this class
  double share = 0;                 ///< of all generated images, as the classifier sees them
  double copying = 0;               ///< see copying_score
};

/// A generated image and the training image that is nearest to it.
struct NearestPair {
  std::size_t generated = 0;  ///< its place in GanEvaluator::images()
  std::size_t real = 0;       ///< its place in the training source, of those that can be read
  double distance = 0;        ///< between their features
};

/// What a finished GAN comes to.
struct GanQuality {
  std::size_t count = 0;        ///< generated images that were measured
  GanScore all;                 ///< over all classes
  double floor = 0;             ///< Fréchet's distance between two sets of as many real images
  KernelDistance kernel_floor;  ///< the kernel's between the same two
  /// By the class that was asked for; of an unconditional GAN by what the classifier takes images for.
  std::vector<ClassQuality> classes;
  /// Accuracy on real images of a classifier that saw generated ones only, each once; none without labels.
  std::optional<double> score;
  std::size_t learned = 0;                    ///< generated images that it saw
  double real_score = 0;                      ///< of one that saw the real ones, for as many steps
  Copies copies;                              ///< of training images, beside those among held-out ones
  std::optional<PublishedQuality> published;  ///< where somebody asked for it
  std::vector<NearestPair> nearest;           ///< the 20 nearest pairs, the nearest first
};

/// Measures GANs that learned from one data set.
class GanEvaluator {
 public:
  /// Trains a classifier on `train`, whose classes `info` names; the GAN's are the same, or it has none (one
  /// for all). `held_out` is what scores are measured on: images that neither the
  /// GAN nor the classifier saw.
  GanEvaluator(const RunInfo& info, dataset::SourcePtr train, dataset::SourcePtr held_out,
               const ClassifierOptions& classifying);

  /// Of up to 2,000 images of its average, against as many real ones.
  GanScore score(const std::shared_ptr<GenerativeModel>& gan);
  /// From here on quality() measures as is published, too.
  void measure_by(std::shared_ptr<InceptionFeatures> inception) { inception_ = std::move(inception); }
  /// Of images(), against what was held out, too; trains a classifier on generated ones for it.
  GanQuality quality(const std::shared_ptr<GenerativeModel>& gan);
  /// Of as many real images as score() takes.
  double floor() const { return floor_; }
  Classifier& classifier() { return classifier_; }  ///< the one that was trained on `train`
  /// The images that quality() measures.
  dataset::SourcePtr images(const std::shared_ptr<GenerativeModel>& gan) const;

 private:
  bool is_conditional(const GenerativeModel& gan) const {
    return gan.classes() == static_cast<int>(info_.classes.size());
  }
  dataset::SourcePtr made(const std::shared_ptr<GenerativeModel>& gan, std::size_t count,
                          std::uint64_t seed) const;
  std::vector<ClassQuality> by_class(const FeatureSet& train, const FeatureSet& held_out,
                                     FeatureSet generated, const std::vector<Prediction>& predictions,
                                     bool conditional) const;

  const RunInfo& info_;
  dataset::SourcePtr train_, held_out_;
  ClassifierOptions classifying_;
  Classifier classifier_;
  std::shared_ptr<InceptionFeatures> inception_;
  FeatureSet real_;  ///< of score()'s real images
  double floor_ = 0;
};

}  // namespace doppel::nn
