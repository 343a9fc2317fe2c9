#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Draws one part, chosen by `weights` (all alike where empty).
struct OneOf {
  static constexpr std::string_view name = "OneOf";
  static constexpr std::string_view help = "Applies one of its parts, chosen by weight.";
  OneOf() = default;
  /// Of these, all alike.
  OneOf(std::initializer_list<Transform> parts) : of(parts) {}
  std::vector<Transform> of;    ///< the parts
  std::vector<double> weights;  ///< one per part, their sum above 0; empty: all alike
  double p = 0.5;
  /// The same with another `p`.
  OneOf with_chance(double chance) const;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
