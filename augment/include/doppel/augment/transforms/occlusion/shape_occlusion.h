#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

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

}  // namespace doppel::augment
