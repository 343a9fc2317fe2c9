#include "doppel/augment/transforms/blur/glass_blur.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void GlassBlur::draw(Draft& draft, const Stream& stream) const {
  const int shift = stream.integer("max_shift", max_shift.low, max_shift.high);
  if (shift > 0)
    draft.append(op::Scatter{shift, stream.integer("iterations", iterations.low, iterations.high),
                             stream.uniform("sigma", sigma.low, sigma.high), stream.bits("seed")});
}
void GlassBlur::fields(FieldVisitor& visit) {
  visit({"sigma", {0, 100}, "pixels", ""}, sigma);
  visit({"max_shift", {0, 1000}, "pixels", ""}, max_shift);
  visit({"iterations", {1, 20}, "", ""}, iterations);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
