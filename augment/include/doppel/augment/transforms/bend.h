// Maps of the plane that bend lines. Pixels, masks, boxes and keypoints follow the same field.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// Simard 2003: uniform noise in [-1, 1] for each pixel, smoothed by a Gaussian of `sigma`, times `alpha`;
/// both in pixels of a picture whose short side is 256, and scaled with it. Never folds.
struct Elastic {
  static constexpr std::string_view name = "Elastic";
  static constexpr std::string_view help = "Bends the picture at random, as rubber.";
  Range alpha{40, 120};
  Range sigma{7, 10};
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Lines of a grid of `steps` cells move: cell widths and heights are 1 + U(-limit, limit) of each other,
/// stretched to fill the side.
struct GridDistortion {
  static constexpr std::string_view name = "GridDistortion";
  static constexpr std::string_view help = "Moves the lines of a grid.";
  int steps = 5;
  double limit = 0.3;
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// A lens's radial distortion: r·(1 + k·r²) with r in half diagonals, or a fisheye's.
struct OpticalDistortion {
  static constexpr std::string_view name = "OpticalDistortion";
  static constexpr std::string_view help = "Distorts as a lens does.";
  Range k{-0.3, 0.3};
  op::Lens::Model model = op::Lens::Model::Radial;
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// The nodes of a grid move by N(0, limit) of a cell, at most half of one; triangles between them are mapped
/// straight.
struct PiecewiseAffine {
  static constexpr std::string_view name = "PiecewiseAffine";
  static constexpr std::string_view help = "Moves the nodes of a grid of triangles.";
  int grid = 4;
  Range limit{0.03, 0.12};
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// The nodes of a grid move by N(0, limit) of the side, joined by the smoothest surface (Bookstein 1989).
struct ThinPlateSpline {
  static constexpr std::string_view name = "ThinPlateSpline";
  static constexpr std::string_view help = "Bends smoothly through moved points.";
  int grid = 3;
  Range limit{0.02, 0.05};
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Turns about a point, most at the point and nothing at `radius`.
struct Swirl {
  static constexpr std::string_view name = "Swirl";
  static constexpr std::string_view help = "Stirs the picture about a point.";
  Range strength{-90, 90};
  Range radius{0.4, 0.6};
  Range centre{0.35, 0.65};
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Shifts rows across a direction by a sine.
struct Wave {
  static constexpr std::string_view name = "Wave";
  static constexpr std::string_view help = "Ripples the picture.";
  Range amplitude{0.01, 0.03};
  Range wavelength{0.15, 0.4};
  Range direction{0, 360};
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Swells about a point, or pinches.
struct Bulge {
  static constexpr std::string_view name = "Bulge";
  static constexpr std::string_view help = "Bulges or pinches.";
  Range strength{-0.4, 0.4};
  Range radius{0.3, 0.6};
  Range centre{0.35, 0.65};
  Fill fill{Fill::Kind::Reflect, {}};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
