#include "doppel/augment/transforms/blur/sharpen.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Sharpen::draw(Draft& draft, const Stream& stream) const {
  const double k = stream.uniform("amount", amount.low, amount.high) *
                   stream.uniform("lightness", lightness.low, lightness.high);
  if (k > 0) draft.append(op::Kernel{{-k, -k, -k, -k, 1 + 8 * k, -k, -k, -k, -k}});
}
void Sharpen::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", "share of the sharpened image"}, amount);
  visit({"lightness", {0, 10}, "", "strength of the filter"}, lightness);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
