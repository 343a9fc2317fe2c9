#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Draws one part, chosen by `weights` (all alike where empty).
struct OneOf {
  static constexpr std::string_view name = "OneOf";
  static constexpr std::string_view help = "Applies one of its parts, chosen by weight.";
  OneOf() = default;
  OneOf(std::initializer_list<Transform> parts) : of(parts) {}
  std::vector<Transform> of;
  std::vector<double> weights;
  double p = 0.5;
  OneOf with_chance(double chance) const;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
