#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Cuts a window of a drawn height and of width = height · ratio, anywhere, and resizes it.
struct RandomSizedCrop {
  static constexpr std::string_view name = "RandomSizedCrop";
  static constexpr std::string_view help = "Cuts a window of a drawn height and resizes it.";
  Range height{0.5, 1};
  double ratio = 1;
  Size size{0, 0};
  Filter filter = Filter::Bilinear;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
