#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Drops on the lens: water with bright rims, or mud.
struct Spatter {
  static constexpr std::string_view name = "Spatter";
  static constexpr std::string_view help = "Drops or mud on the lens.";
  enum class Mode { Rain, Mud, Any };
  Mode mode = Mode::Any;
  Range amount{0.05, 0.25};
  Range size{0.02, 0.05};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
