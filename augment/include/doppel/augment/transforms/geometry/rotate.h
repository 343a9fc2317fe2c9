#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Turns about the centre, counter-clockwise for positive angles. `expand` grows the picture to hold all of
/// it; `valid_only` cuts the largest centred upright rectangle that shows no border.
struct Rotate {
  static constexpr std::string_view name = "Rotate";
  static constexpr std::string_view help = "Turns the picture about its centre.";
  Range angle{-30, 30};
  bool expand = false;
  bool valid_only = false;
  Fill fill{};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
