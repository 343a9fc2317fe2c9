#include "doppel/augment/transforms/color/hue.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Hue::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Hsv{.turn = stream.uniform("turn", turn.low, turn.high)});
}
void Hue::fields(FieldVisitor& visit) {
  visit({"turn", {-1, 1}, "turns", ""}, turn);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
