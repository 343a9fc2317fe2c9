#include "doppel/augment/transforms/blur/unsharp_mask.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void UnsharpMask::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Unsharp{stream.uniform("sigma", sigma.low, sigma.high),
                           stream.uniform("amount", amount.low, amount.high), threshold});
}
void UnsharpMask::fields(FieldVisitor& visit) {
  visit({"sigma", {0.1, 100}, "pixels", ""}, sigma);
  visit({"amount", {0, 10}, "", ""}, amount);
  visit({"threshold", {0, 1}, "of the full range", ""}, threshold);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
