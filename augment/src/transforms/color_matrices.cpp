#include "color_matrices.h"

namespace doppel::augment {

op::ColorMatrix brightness_matrix(double f) { return {{f, 0, 0, 0, 0, f, 0, 0, 0, 0, f, 0}}; }

op::ColorMatrix saturation_matrix(double f) {
  const double r = 0.299 * (1 - f), g = 0.587 * (1 - f), b = 0.114 * (1 - f);
  return {{r + f, g, b, 0, r, g + f, b, 0, r, g, b + f, 0}};
}

}  // namespace doppel::augment
