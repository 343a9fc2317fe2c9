#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// A sinc filter's overshoot (Real-ESRGAN's kernel: cutoff·J1(cutoff·r)/(2πr)).
struct Ringing {
  static constexpr std::string_view name = "Ringing";
  static constexpr std::string_view help = "Rings at edges, as over-sharpened video.";
  Range cutoff{0.785, 1.571};  ///< highest frequency that passes, radians per pixel
  IntRange size{7, 15};        ///< side of the kernel, pixels; odd, an even draw takes the next
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
