#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Pastes the whole of another sample, made small; labels share by area (Qin 2020).
struct ResizeMix {
  static constexpr std::string_view name = "ResizeMix";
  static constexpr std::string_view help = "Pastes another sample made small.";
  Range scale{0.1, 0.8};  ///< of the pasted image, share of both sides
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
