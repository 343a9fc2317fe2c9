#include "upright_rectangle.h"

#include <algorithm>
#include <cmath>

#include "base/exact_math.h"

namespace doppel::augment {

Extent largest_upright_rectangle(double width, double height, double degrees) {
  const double s = std::abs(exact::sin(degrees * exact::kRadians)),
               c = std::abs(exact::cos(degrees * exact::kRadians));
  const double longer = std::max(width, height), shorter = std::min(width, height);
  if (shorter <= 2 * s * c * longer || std::abs(s - c) < 1e-10) {
    const double half = shorter / 2;
    return width >= height ? Extent{half / s, half / c} : Extent{half / c, half / s};
  }
  const double cos2 = c * c - s * s;
  return {(width * c - height * s) / cos2, (height * c - width * s) / cos2};
}

}  // namespace doppel::augment
