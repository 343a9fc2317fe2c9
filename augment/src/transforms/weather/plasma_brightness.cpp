#include "doppel/augment/transforms/weather/plasma_brightness.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void PlasmaBrightness::draw(Draft& draft, const Stream& stream) const {
  const double a = stream.uniform("amount", amount.low, amount.high);
  if (a > 0)
    draft.append(op::Plasma{a / 2, a, stream.uniform("roughness", roughness.low, roughness.high),
                            stream.bits("seed")});
}
void PlasmaBrightness::fields(FieldVisitor& visit) {
  visit({"roughness", {0, 1}, "", "weight of the finer octaves"}, roughness);
  visit({"amount", {0, 1}, "of the full range", ""}, amount);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
