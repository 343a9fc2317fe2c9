// How good a GAN's pictures are, by a classifier that was trained on the real ones.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "classifier.h"
#include "doppel/nn/gan/gan.h"
#include "doppel/nn/study/measures.h"

namespace doppel::apps {

/// While it trains.
struct GanScore {
  std::uint64_t step = 0;
  double frechet = 0;
  nn::KernelDistance kernel;
  nn::Overlap overlap;
  /// Share of pictures that the classifier takes for their class; none of a GAN that isn't asked for any.
  std::optional<double> agreement;
};

/// Of one class.
struct ClassQuality {
  nn::Overlap overlap;
  std::optional<double> agreement;
  double share = 0;    ///< of all generated pictures, as the classifier sees them
  double copying = 0;  ///< see nn::copying_score
};

/// A generated picture and the training picture that is nearest to it.
struct Pair {
  std::size_t generated = 0, real = 0;
  double distance = 0;
};

/// What a finished GAN comes to.
struct GanQuality {
  std::size_t count = 0;  ///< generated pictures that were measured
  GanScore all;
  double floor = 0;  ///< Fréchet's distance between two sets of as many real pictures
  nn::KernelDistance kernel_floor;
  /// By the class that was asked for; of an unconditional GAN by what the classifier takes pictures for.
  std::vector<ClassQuality> classes;
  /// Accuracy on real pictures of a classifier that saw generated ones only; none without labels.
  std::optional<double> score;
  double real_score = 0;      ///< of one that saw the real ones, for as many steps
  std::vector<Pair> nearest;  ///< the nearest pairs
};

class GanJudge {
 public:
  /// Trains a classifier on `train`, whose classes `info` names; the GAN's are the same, or it has none (one
  /// for all). `held_out` is what scores are measured on: pictures that neither the
  /// GAN nor the classifier saw.
  GanJudge(const RunInfo& info, dataset::SourcePtr train, dataset::SourcePtr held_out, const Lesson& lesson);

  GanScore score(const std::shared_ptr<nn::Gan>& gan);
  GanQuality quality(const std::shared_ptr<nn::Gan>& gan);
  /// Of as many real pictures as score() takes.
  double floor() const { return floor_; }
  Classifier& classifier() { return classifier_; }
  /// The pictures that quality() measures.
  dataset::SourcePtr pictures(const std::shared_ptr<nn::Gan>& gan) const;

 private:
  bool is_conditional(const nn::Gan& gan) const {
    return gan.classes() == static_cast<int>(info_.classes.size());
  }
  dataset::SourcePtr made(const std::shared_ptr<nn::Gan>& gan, std::size_t count, std::uint64_t seed) const;
  std::vector<ClassQuality> by_class(const nn::FeatureSet& train, const nn::FeatureSet& held_out,
                                     nn::FeatureSet generated, const std::vector<Verdict>& verdicts,
                                     bool conditional) const;

  const RunInfo& info_;
  dataset::SourcePtr train_, held_out_;
  Lesson lesson_;
  Classifier classifier_;
  nn::FeatureSet real_;  ///< of score()'s real pictures
  double floor_ = 0;
};

}  // namespace doppel::apps
