#include "doppel/augment/plan/decomposition.h"

#include <cmath>
#include <utility>

#include "base/exact_math.h"

namespace doppel::augment {

std::optional<Decomposition> decompose(const Matrix3& map, Point centre, Point target) {
  auto [a, b, c, d] = map.jacobian(centre);
  const Point place = map(centre);
  const double determinant = a * d - b * c, across = std::hypot(a, c);
  if (!std::isnormal(determinant) || !std::isfinite(across) || !std::isfinite(place.x + place.y)) return {};
  Decomposition result;
  result.move = {place.x - target.x, place.y - target.y};
  result.zoom_x = across;
  result.zoom_y = std::abs(determinant) / across;
  if (determinant < 0) {
    // The first column decides the angle: a horizontal flip turns it round, a vertical one leaves it.
    result.flip = a < 0 ? Decomposition::Flip::Horizontal : Decomposition::Flip::Vertical;
    if (a < 0)
      a = -a, c = -c;
    else
      b = -b, d = -d;
  }
  result.angle = std::atan2(-c, a) * exact::kDegrees;
  result.shear = std::atan((a * b + c * d) / std::abs(determinant)) * exact::kDegrees;
  return result;
}

}  // namespace doppel::augment
