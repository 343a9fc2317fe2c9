#include "doppel/augment/transforms/policy/adaptive_gan.h"

#include <cmath>
#include <string_view>

#include "base/exact_math.h"
#include "transforms/append_dihedral.h"
#include "transforms/chance_field.h"
#include "transforms/color_matrices.h"

namespace doppel::augment {

void AdaptiveGan::draw(Draft& draft, const Stream& stream) const {
  const auto part = [&](std::string_view what) { return stream.chance(what, strength); };
  const Stream s = stream.split("values");
  const Size now = draft.size();
  if (flips && part("flip") && s.chance("flip", 0.5)) draft.append(op::Flip{op::Flip::Axis::Horizontal});
  if (flips && part("turn") && now.width == now.height) append_dihedral(draft, s.integer("turn", 0, 3));
  Matrix3 map;
  const Matrix3 centre = translation(now.width / 2.0, now.height / 2.0),
                back = translation(-now.width / 2.0, -now.height / 2.0);
  if (part("shift"))
    map = translation(std::lround(s.uniform("dx", -0.125, 0.125) * now.width),
                      std::lround(s.uniform("dy", -0.125, 0.125) * now.height)) *
          map;
  if (part("scale")) {
    const double f = exact::exp(s.normal("scale", 0, 0.2) * 0.693147180559945);
    map = centre * scaling(f, f) * back * map;
  }
  if (part("rotate")) map = centre * rotation(s.uniform("angle", -180, 180)) * back * map;
  if (part("stretch")) {
    const double f = exact::exp(s.normal("stretch", 0, 0.2) * 0.693147180559945);
    map = centre * scaling(f, 1 / f) * back * map;
  }
  if (map != Matrix3{}) draft.append(op::Warp{map, now, {Fill::Kind::Reflect, {}}, Filter::Bilinear});
  if (part("brightness")) {
    const double b = s.normal("brightness", 0, 0.1);
    draft.append(op::ColorMatrix{{1, 0, 0, b, 0, 1, 0, b, 0, 0, 1, b}});
  }
  if (part("contrast"))
    draft.append(op::Contrast{exact::exp(s.normal("contrast", 0, 0.5) * 0.693147180559945)});
  if (draft.channels() < 3) return;
  if (part("hue")) draft.append(op::Hsv{.turn = s.uniform("hue", -0.5, 0.5)});
  if (part("saturation"))
    draft.append(saturation_matrix(exact::exp(s.normal("saturation", 0, 1) * 0.693147180559945)));
}
void AdaptiveGan::fields(FieldVisitor& visit) {
  visit({"strength", {0, 1}, "", "each part's chance"}, strength);
  visit({"flips", {}, "", "mirror and quarter turns, too"}, flips);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
