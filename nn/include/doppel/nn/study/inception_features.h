// The features that others measure generated images by.
#pragma once

#include <cstddef>
#include <filesystem>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"
#include "doppel/nn/model/model.h"
#include "doppel/nn/study/generation_metrics.h"

namespace doppel::nn {

/// What Inception v3 sees before its last layer, 2,048 numbers of an image (Heusel et al. 2017).
class InceptionFeatures {
 public:
  /// Weights of torchvision's inception_v3, of 1,000 classes; or of the network that Fréchet's distance was
  /// published with, of 1,008, whose average pooling leaves padding out and whose last block pools the most.
  /// A .pth or .safetensors with torchvision's names. Throws Error where it is neither.
  explicit InceptionFeatures(const std::filesystem::path& weights, int threads = 0, OnPhase on_phase = {});
  /// Of images that become RGB of 299x299, from -1 to 1. What can't be read is left out.
  FeatureSet features(const dataset::SourcePtr& source);
  bool is_original() const { return original_; }  ///< of 1,008 classes

 private:
  Model body_;
  bool original_ = false;
  int threads_;
  OnPhase on_phase_;
};

/// Measures at the settings that they're published with, but for the number of images.
struct PublishedQuality {
  std::size_t count = 0;        ///< generated images, and as many real ones that were learned from
  bool original = false;        ///< see InceptionFeatures::is_original()
  double frechet = 0;           ///< see frechet_distance()
  double floor = 0;             ///< the same of as many images that were held out
  std::size_t floor_count = 0;  ///< of these, and as many that were learned from
  Overlap overlap;  ///< with the third nearest neighbour (Kynkäänniemi et al. 2019); all 0 of fewer than 4
};
/// Of as many images of each as there are of all. Fréchet's distances of fewer than 2 are 0.
PublishedQuality published_quality(InceptionFeatures& inception, const dataset::SourcePtr& train,
                                   const dataset::SourcePtr& held_out, const dataset::SourcePtr& generated);

}  // namespace doppel::nn
