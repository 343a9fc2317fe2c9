#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Scales x and y apart, about the centre.
struct Squeeze {
  static constexpr std::string_view name = "Squeeze";
  static constexpr std::string_view help = "Stretches or squeezes width and height apart.";
  Range x{0.7, 1.3};
  Range y{0.7, 1.3};
  Fill fill{};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
