#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// x' = (x - mean) / std per channel, in shares of the full range; the result is float. `imagenet` takes the
/// usual mean and std of that data set, `dataset` those that a loader measured (Recipe::bind_statistics);
/// both ignore the two lists. Must be last.
struct Normalize {
  static constexpr std::string_view name = "Normalize";
  static constexpr std::string_view help =
      "Subtracts a mean and divides by a standard deviation, per channel.";
  enum class Preset { Custom, Imagenet, Dataset };
  std::vector<double> mean{0.5}, std{0.5};
  Preset preset = Preset::Custom;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
