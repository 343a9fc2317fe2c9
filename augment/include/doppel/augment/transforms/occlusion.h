// Loss of information by covering. Boxes and keypoints stay; their visibility says what is hidden.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// Covers rectangles (Cutout; DeVries and Taylor 2017), anywhere inside the picture. Sides are shares of the
/// height and the width.
struct CoarseDropout {
  static constexpr std::string_view name = "CoarseDropout";
  static constexpr std::string_view help = "Covers rectangles.";
  IntRange holes{1, 8};
  Range height{0.05, 0.15};
  Range width{0.05, 0.15};
  CoverFill fill = CoverFill::Color;
  std::vector<double> color{0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Covers one rectangle of a drawn area and aspect (Zhong 2017); ten tries.
struct RandomErasing {
  static constexpr std::string_view name = "RandomErasing";
  static constexpr std::string_view help = "Covers one rectangle.";
  Range area{0.02, 0.33};
  Range ratio{0.3, 3.3};
  CoverFill fill = CoverFill::Noise;
  std::vector<double> color{0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// GridMask (Chen 2020): a square hole in each cell of a turned grid.
struct GridDropout {
  static constexpr std::string_view name = "GridDropout";
  static constexpr std::string_view help = "Covers a grid of squares.";
  Range unit{0.1, 0.25};
  Range ratio{0.4, 0.6};
  Range angle{0, 0};
  std::vector<double> color{0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Hides each cell of a grid by chance (Singh 2017).
struct HideAndSeek {
  static constexpr std::string_view name = "HideAndSeek";
  static constexpr std::string_view help = "Hides grid cells by chance.";
  int grid = 4;
  double share = 0.3;
  CoverFill fill = CoverFill::Mean;
  std::vector<double> color{0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Covers with ellipses, triangles or strokes, in a colour or with a piece of the picture itself.
struct ShapeOcclusion {
  static constexpr std::string_view name = "ShapeOcclusion";
  static constexpr std::string_view help = "Covers with shapes.";
  enum class Shape { Ellipse, Stroke, Triangle, Any };
  enum class Fill { Color, Texture, Any };
  Shape shape = Shape::Any;
  IntRange count{1, 4};
  Range size{0.1, 0.3};
  Fill fill = Fill::Any;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Covers whole rows and columns.
struct StripDropout {
  static constexpr std::string_view name = "StripDropout";
  static constexpr std::string_view help = "Covers strips.";
  IntRange rows{0, 2};
  IntRange columns{0, 2};
  Range width{0.02, 0.08};
  CoverFill fill = CoverFill::Color;
  std::vector<double> color{0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Covers a share of the objects wholly, and drops their boxes and keypoints.
struct ObjectDropout {
  static constexpr std::string_view name = "ObjectDropout";
  static constexpr std::string_view help = "Removes whole objects.";
  Range share{0.1, 0.5};
  CoverFill fill = CoverFill::Mean;
  std::vector<double> color{0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Covers rectangles inside objects; sides are shares of the box.
struct DropInObject {
  static constexpr std::string_view name = "DropInObject";
  static constexpr std::string_view help = "Covers parts of objects.";
  IntRange holes{1, 2};
  Range height{0.2, 0.5};
  Range width{0.2, 0.5};
  CoverFill fill = CoverFill::Mean;
  std::vector<double> color{0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
