#pragma once

#include <string>
#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Writes one of the words at a random place.
struct TextOverlay {
  static constexpr std::string_view name = "TextOverlay";
  static constexpr std::string_view help = "Writes on the image.";
  /// To choose from, all alike; none: nothing happens.
  std::vector<std::string> words{"SAMPLE", "2024-06-01 12:30", "CAM 03", "COPY"};
  Range height{0.05, 0.12};      ///< of the capitals, share of the short side; at least 4 pixels
  Range opacity{0.6, 1};         ///< 0 to 1
  std::vector<double> color{1};  ///< one value, or r, g, b; shares of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
