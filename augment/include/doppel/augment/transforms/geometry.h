// Maps of the plane with interpolation: one warp each.
#pragma once

#include "doppel/augment/transform.h"

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

/// About the centre: scale (with x over y = stretch), then shear (degrees, x' = x + tan(shear_x)·y), then
/// rotation, then translation (shares of width and height).
struct Affine {
  static constexpr std::string_view name = "Affine";
  static constexpr std::string_view help = "Scales, squeezes, shears, turns and moves the picture.";
  Range scale{0.9, 1.1};
  Range stretch{1, 1};
  Range translate{-0.1, 0.1};
  Range angle{-15, 15};
  Range shear_x{-5, 5};
  Range shear_y{-5, 5};
  Fill fill{};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Scales x and y apart, about the centre.
struct Squeeze {
  static constexpr std::string_view name = "Squeeze";
  static constexpr std::string_view help = "Stretches or squeezes width and height apart.";
  Range x{0.7, 1.3};
  Range y{0.7, 1.3};
  Fill fill{};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Each corner moves inwards by its own shares of width and height, drawn from 0 to twice a drawn
/// `distortion`. Border None: the picture inside the moved corners fills the frame, so that no border shows;
/// Fill: the picture's own corners go there, and `fill` shows around. Without keep_size the result is as
/// large as the moved quadrilateral's mean sides.
struct Perspective {
  static constexpr std::string_view name = "Perspective";
  static constexpr std::string_view help = "Looks at the picture from an angle.";
  enum class Border { None, Fill };
  Range distortion{0.05, 0.1};
  Border border = Border::None;
  bool keep_size = true;
  Fill fill{};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// The sides of the largest centred upright rectangle inside a w x h rectangle that is turned by `degrees`.
struct Extent {
  double width, height;
};
Extent largest_upright_rectangle(double width, double height, double degrees);

}  // namespace doppel::augment
