#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// x' = (x - mean) / std per channel, in shares of the full range; the result is float. `imagenet` takes the
/// usual mean and std of that data set, `dataset` those that a loader measured (Recipe::bind_statistics),
/// `dataset_mean` that mean with a std of 1; all ignore the two lists. Must be last.
struct Normalize {
  static constexpr std::string_view name = "Normalize";
  /// What it does, in a sentence.
  static constexpr std::string_view help =
      "Subtracts a mean and divides by a standard deviation, per channel.";
  /// Where the numbers come from: the two lists, ImageNet's usual ones, the data set's at hand,
  /// or its mean alone.
  enum class Preset { Custom, Imagenet, Dataset, DatasetMean };
  std::vector<double> mean{0.5};   ///< one, or one per channel
  std::vector<double> std{0.5};    ///< the same; above 0
  Preset preset = Preset::Custom;  ///< which numbers; all but Custom ignore the lists
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
