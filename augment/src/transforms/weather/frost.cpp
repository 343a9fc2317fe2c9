#include "doppel/augment/transforms/weather/frost.h"

#include <algorithm>

#include "transforms/chance_field.h"

namespace doppel::augment {

void Frost::draw(Draft& draft, const Stream& stream) const {
  const double a = stream.uniform("amount", amount.low, amount.high);
  // The benchmark's severities, below the least of which the ice begins at none.
  if (a > 0) draft.append(op::Frost{1 - 0.4 * a, std::min(3 * a, 0.3 + 0.45 * a), stream.bits("seed")});
}
void Frost::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", ""}, amount);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
