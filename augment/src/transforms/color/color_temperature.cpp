#include "doppel/augment/transforms/color/color_temperature.h"

#include <algorithm>
#include <array>

#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

/// Linear sRGB of a black body, to a common factor: chromaticity by Krystek 1985 in CIE 1960, 1000 to 15000
/// K.
std::array<double, 3> black_body(double kelvin) {
  const double t = kelvin;
  const double u = (0.860117757 + 1.54118254e-4 * t + 1.28641212e-7 * t * t) /
                   (1 + 8.42420235e-4 * t + 7.08145163e-7 * t * t);
  const double v = (0.317398726 + 4.22806245e-5 * t + 4.20481691e-8 * t * t) /
                   (1 - 2.89741816e-5 * t + 1.61456053e-7 * t * t);
  const double x = 3 * u / (2 * u - 8 * v + 4), y = 2 * v / (2 * u - 8 * v + 4);
  const double bx = x / y, bz = (1 - x - y) / y;
  const std::array<double, 3> rgb{3.2406 * bx - 1.5372 - 0.4986 * bz, -0.9689 * bx + 1.8758 + 0.0415 * bz,
                                  0.0557 * bx - 0.2040 + 1.0570 * bz};
  return {std::max(rgb[0], 1e-3), std::max(rgb[1], 1e-3), std::max(rgb[2], 1e-3)};
}

}  // namespace

void ColorTemperature::draw(Draft& draft, const Stream& stream) const {
  const double low = kelvin.low, high = kelvin.high;
  // Even in the reciprocal, which is how temperatures look.
  const double mired = stream.uniform("kelvin", 1e6 / high, 1e6 / low);
  const std::array<double, 3> light = black_body(1e6 / mired), day = black_body(6500);
  if (draft.channels() < 3) return;
  const double red = light[0] / light[1] * day[1] / day[0], blue = light[2] / light[1] * day[1] / day[2];
  draft.append(op::ColorMatrix{{red, 0, 0, 0, 0, 1, 0, 0, 0, 0, blue, 0}});
}
void ColorTemperature::fields(FieldVisitor& visit) {
  visit({"kelvin", {1000, 40000}, "kelvin", "of the light"}, kelvin);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
