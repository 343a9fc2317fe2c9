// Recipes whose images are to have one size.
#pragma once

#include "doppel/augment/recipe/recipe.h"

namespace doppel::dataset {

/// Scales to cover `size` and cuts it out of the middle.
struct FitTo {
  static constexpr std::string_view name = "FitTo";
  /// What it does, in a sentence.
  static constexpr std::string_view help = "Covers a size, and cuts it out of the middle.";
  Size size;     ///< pixels
  double p = 1;  ///< chance to apply it
  /// Nothing where the image has that size.
  void draw(augment::Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);  ///< shows `size`
};

/// True of a Normalize or a Standardize, and of a structure with one in it.
bool normalizes(const augment::Transform& transform);

/// The same recipe with `fit` at its end, but before what normalizes, which nothing may follow, wherever in a
/// structure that stands. `fit` may come twice, and must leave alone what has its size: a FitTo, a Resize.
augment::Recipe fitted_by(const augment::Recipe& recipe, const augment::Transform& fit);

}  // namespace doppel::dataset
