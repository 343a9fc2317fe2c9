#include "doppel/augment/transforms/noise/rician_noise.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void RicianNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Rician{stream.uniform("std", std.low, std.high), stream.bits("seed")});
}
void RicianNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 1}, "of the full range", ""}, std);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
