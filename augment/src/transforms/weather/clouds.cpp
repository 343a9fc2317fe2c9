#include "doppel/augment/transforms/weather/clouds.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Clouds::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Clouds{stream.uniform("amount", amount.low, amount.high),
                          stream.uniform("scale", scale.low, scale.high), stream.bits("seed")});
}
void Clouds::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", "share covered"}, amount);
  visit({"scale", {0.01, 10}, "of the short side", "of a cloud"}, scale);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
