#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Patches of small stones, each with a light and a dark side.
struct Gravel {
  static constexpr std::string_view name = "Gravel";
  static constexpr std::string_view help = "Patches of gravel.";
  IntRange patches{1, 3};   ///< how many
  Range radius{0.08, 0.2};  ///< of a patch, share of the short side
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
