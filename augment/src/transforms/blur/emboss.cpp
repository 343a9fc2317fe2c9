#include "doppel/augment/transforms/blur/emboss.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Emboss::draw(Draft& draft, const Stream& stream) const {
  const double a = stream.uniform("amount", amount.low, amount.high);
  if (a > 0) draft.append(op::Kernel{{-a, -a, 0, -a, 1, a, 0, a, a}});
}
void Emboss::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", "share of the relief"}, amount);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
