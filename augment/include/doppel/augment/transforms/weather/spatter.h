#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Drops on the lens: water with bright rims, or mud.
struct Spatter {
  static constexpr std::string_view name = "Spatter";
  static constexpr std::string_view help = "Drops or mud on the lens.";
  /// What hit the lens: water, mud, or either by an even chance.
  enum class Mode { Rain, Mud, Any };
  Mode mode = Mode::Any;     ///< which of them
  Range amount{0.05, 0.25};  ///< share of the image covered, 0 to 1
  Range size{0.02, 0.05};    ///< of a drop, share of the short side
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
