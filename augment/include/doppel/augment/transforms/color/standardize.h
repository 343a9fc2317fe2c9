#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// (x - mean) / deviation by the image's own, each channel's or all channels' together; must come last.
struct Standardize {
  static constexpr std::string_view name = "Standardize";
  static constexpr std::string_view help = "Gives each image mean 0 and deviation 1.";
  /// Whose mean and deviation: each channel's own, or one of all channels.
  enum class Channels { Each, Together };
  Channels channels = Channels::Each;  ///< together: of grey, RGB and RGBA (without alpha) only
  bool deviation = true;               ///< false: the mean is subtracted, and nothing divided
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
