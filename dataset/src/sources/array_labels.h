// Labels of images as arrays have them.
#pragma once

#include <string>
#include <vector>

#include "array.h"
#include "doppel/augment/plan/sample.h"
#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

/// Of N images.
struct ArrayLabels {
  std::vector<int> labels;                               ///< -1: none
  std::vector<std::vector<augment::LabelShare>> shares;  ///< of several classes; empty: no image has any
  std::vector<std::string> classes;
  Remarks remarks;

  /// From [N] (or with further axes of 1): whole numbers of any type, -1 for none, or texts; or from [N, K]:
  /// a 1 for the class, several that share equally, or shares that sum to 1. `names`: of the classes, by
  /// number; without them they are called by their numbers, those that occur. Throws Error, which begins
  /// with the array's name, for any other, and for a number without a name.
  static ArrayLabels of(const Array& array, const std::vector<std::string>& names);
};

}  // namespace doppel::dataset
