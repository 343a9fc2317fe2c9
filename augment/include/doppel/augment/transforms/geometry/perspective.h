#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Each corner moves inwards by its own shares of width and height, drawn from 0 to twice a drawn
/// `distortion`. Border None: the image inside the moved corners fills the frame, so that no border shows;
/// Fill: the image's own corners go there, and `fill` shows around. Without keep_size the result is as
/// large as the moved quadrilateral's mean sides.
struct Perspective {
  static constexpr std::string_view name = "Perspective";
  static constexpr std::string_view help = "Looks at the image from an angle.";
  /// Whether what lies around the image is cut off or shown.
  enum class Border { None, Fill };
  Range distortion{0.05, 0.1};       ///< mean move of a corner, share of the side; 0 changes nothing
  Border border = Border::None;      ///< what is done about it
  bool keep_size = true;             ///< the result is as large as the image
  Fill fill{};                       ///< what shows beyond the image
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated: nearest, bilinear or bicubic
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
