#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Scales x and y apart, about the centre: the image, or what is seen of it (then 2 shows twice as much, half
/// as large; Keras' zoom_range).
struct Squeeze {
  static constexpr std::string_view name = "Squeeze";
  static constexpr std::string_view help = "Stretches or squeezes width and height apart.";
  /// What the factors are of.
  enum class Of { Image, View };
  Range x{0.7, 1.3};                 ///< factor of the width
  Range y{0.7, 1.3};                 ///< factor of the height
  Of of = Of::Image;                 ///< what they are factors of
  Fill fill{};                       ///< what shows beyond the image
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated: nearest, bilinear or bicubic
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
