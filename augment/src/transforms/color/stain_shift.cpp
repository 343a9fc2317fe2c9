#include "doppel/augment/transforms/color/stain_shift.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void StainShift::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Stain{
      stream.uniform("gain_h", gain.low, gain.high), stream.uniform("gain_e", gain.low, gain.high),
      stream.uniform("shift_h", shift.low, shift.high), stream.uniform("shift_e", shift.low, shift.high)});
}
void StainShift::fields(FieldVisitor& visit) {
  visit({"gain", {0, 10}, "", "of each stain"}, gain);
  visit({"shift", {-2, 2}, "", "of each stain"}, shift);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
