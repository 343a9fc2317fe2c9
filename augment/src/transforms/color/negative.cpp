#include "doppel/augment/transforms/color/negative.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Negative::draw(Draft& draft, const Stream&) const {
  draft.append(op::ColorMatrix{{-1, 0, 0, 1, 0, -1, 0, 1, 0, 0, -1, 1}});
}
void Negative::fields(FieldVisitor& visit) { visit_chance(visit, p); }

}  // namespace doppel::augment
