#include "doppel/augment/transforms/color/tone_curve.h"

#include <algorithm>

#include "transforms/chance_field.h"

namespace doppel::augment {

void ToneCurve::draw(Draft& draft, const Stream& stream) const {
  const double a = 1 / 3.0 + stream.uniform("dark", -limit, limit),
               b = 2 / 3.0 + stream.uniform("light", -limit, limit);
  // Points that crossed change places: the curve stays monotone.
  if (limit > 0) draft.append(op::Curve{{0, std::min(a, b), std::max(a, b), 1}});
}
void ToneCurve::fields(FieldVisitor& visit) {
  visit({"limit", {0, 0.3}, "of the full range", "most that a point moves"}, limit);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
