#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Red and blue are a little larger or smaller than green.
struct ChromaticAberration {
  static constexpr std::string_view name = "ChromaticAberration";
  static constexpr std::string_view help = "Colour fringes towards the edges.";
  Range shift{-0.012, 0.012};  ///< share by which red and blue each grow, by draws of their own
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
