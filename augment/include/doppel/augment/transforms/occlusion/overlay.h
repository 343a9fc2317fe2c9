#pragma once

#include <string>
#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Lays one of the pictures over a random place, alpha respected; with a label it becomes an object.
struct Overlay {
  static constexpr std::string_view name = "Overlay";
  static constexpr std::string_view help = "Lays a picture over.";
  std::vector<std::string> images{};
  Range scale{0.1, 0.3};
  Range opacity{1, 1};
  int label = -1;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
