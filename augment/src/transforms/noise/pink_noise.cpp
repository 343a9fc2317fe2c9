#include "doppel/augment/transforms/noise/pink_noise.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void PinkNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::PinkNoise{stream.uniform("std", std.low, std.high), exponent, stream.bits("seed")});
}
void PinkNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 1}, "of the full range", ""}, std);
  visit({"exponent", {0, 4}, "", "of the fall"}, exponent);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
