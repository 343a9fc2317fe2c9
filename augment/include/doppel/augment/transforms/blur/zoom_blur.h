#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Mean of zooms about a point.
struct ZoomBlur {
  static constexpr std::string_view name = "ZoomBlur";
  static constexpr std::string_view help = "Blurs outwards from a point.";
  Range factor{1.02, 1.12};  ///< largest zoom; the least is 1
  Range centre{0.4, 0.6};    ///< x and y each, shares of the sides
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
