#pragma once

#include <string>
#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Moves each channel's distribution towards that of one of the reference images.
struct HistogramMatch {
  static constexpr std::string_view name = "HistogramMatch";
  static constexpr std::string_view help = "Takes on another image's tones.";
  std::vector<std::string> references{};  ///< image files, all alike; none: nothing changes
  Range blend{0.5, 1};                    ///< share of the matched image in the result
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
