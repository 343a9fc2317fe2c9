#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Four samples (or grid rows x columns) as one, about a drawn centre, each scaled to cover its cell; boxes
/// come along (YOLOv4).
struct Mosaic {
  static constexpr std::string_view name = "Mosaic";
  static constexpr std::string_view help = "Joins several samples in a grid.";
  Size grid{2, 2};         ///< rows and columns, 1 to 8 each
  Range centre{0.3, 0.7};  ///< of the line between two cells, share of the side; three or more are even
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
