#include "doppel/augment/transforms/weather/dust.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Dust::draw(Draft& draft, const Stream& stream) const {
  const double a = stream.uniform("amount", amount.low, amount.high);
  if (a <= 0) return;
  draft.append(op::Fog{a, 0.3, -1, {.78, .70, .55}, stream.bits("veil")});
  draft.append(op::Specks{.count = 250 * a, .opacity = 0.7, .seed = stream.bits("specks")});
}
void Dust::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", ""}, amount);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
