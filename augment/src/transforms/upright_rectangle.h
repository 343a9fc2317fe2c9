#pragma once

#include "doppel/base/geometry.h"

namespace doppel::augment {

/// The sides of the largest centred upright rectangle inside a w x h rectangle that is turned by `degrees`.
struct Extent {
  double width, height;
};

Extent largest_upright_rectangle(double width, double height, double degrees);

}  // namespace doppel::augment
