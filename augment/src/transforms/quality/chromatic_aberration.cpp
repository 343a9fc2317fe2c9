#include "doppel/augment/transforms/quality/chromatic_aberration.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void ChromaticAberration::draw(Draft& draft, const Stream& stream) const {
  if (draft.channels() >= 3)
    draft.append(op::Chromatic{stream.uniform("red", shift.low, shift.high),
                               stream.uniform("blue", shift.low, shift.high)});
}
void ChromaticAberration::fields(FieldVisitor& visit) {
  visit({"shift", {-0.5, 0.5}, "", "share by which red and blue each grow"}, shift);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
