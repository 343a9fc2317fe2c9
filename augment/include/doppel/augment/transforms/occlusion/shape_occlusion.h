#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Covers with ellipses, triangles or strokes, in a colour or with a piece of the image itself.
struct ShapeOcclusion {
  static constexpr std::string_view name = "ShapeOcclusion";
  static constexpr std::string_view help = "Covers with shapes.";
  /// The shape; Any: one kind at random for all.
  enum class Shape { Ellipse, Stroke, Triangle, Any };
  /// What covers: a drawn colour, a piece of the image, or either by an even chance.
  enum class Fill { Color, Texture, Any };
  Shape shape = Shape::Any;  ///< which kind
  IntRange count{1, 4};      ///< of shapes
  Range size{0.1, 0.3};      ///< across a shape, share of the short side; strokes are twice as long
  Fill fill = Fill::Any;     ///< what covers them
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
