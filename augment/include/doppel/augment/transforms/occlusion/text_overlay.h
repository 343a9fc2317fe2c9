#pragma once

#include <string>
#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Writes one of the words at a random place.
struct TextOverlay {
  static constexpr std::string_view name = "TextOverlay";
  static constexpr std::string_view help = "Writes on the picture.";
  std::vector<std::string> words{"SAMPLE", "2024-06-01 12:30", "CAM 03", "COPY"};
  Range height{0.05, 0.12};
  Range opacity{0.6, 1};
  std::vector<double> color{1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
