#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Pastes a rectangle of another sample; labels share by area (Yun 2019).
struct CutMix {
  static constexpr std::string_view name = "CutMix";
  static constexpr std::string_view help = "Pastes a rectangle of another sample.";
  double alpha = 1;  ///< of Beta(alpha, alpha), from which the share that stays is drawn
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
