#pragma once

#include <string>
#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Lays one of the images over a random place, alpha respected; with a label it becomes an object.
struct Overlay {
  static constexpr std::string_view name = "Overlay";
  static constexpr std::string_view help = "Lays an image over.";
  std::vector<std::string> images{};  ///< image files, all alike; none: nothing happens
  Range scale{0.1, 0.3};              ///< longer side of what is laid over, share of the short side
  Range opacity{1, 1};                ///< 0 to 1, times the image's alpha
  int label = -1;                     ///< class of the box that is added; -1: none is
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
