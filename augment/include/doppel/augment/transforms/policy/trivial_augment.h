#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// One operation of 14 at a random magnitude of the wide space (Müller and Hutter 2021).
struct TrivialAugment {
  static constexpr std::string_view name = "TrivialAugment";
  static constexpr std::string_view help = "One random operation.";
  Fill fill{};                      ///< what shows beyond the image
  Filter filter = Filter::Nearest;  ///< how pixels are interpolated
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
