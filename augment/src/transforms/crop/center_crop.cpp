#include "doppel/augment/transforms/crop/center_crop.h"

#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void CenterCrop::draw(Draft& draft, const Stream&) const {
  const Size now = draft.size(), wanted = within(size, now);
  cut(draft, {(now.width - wanted.width) / 2, (now.height - wanted.height) / 2, wanted});
}
void CenterCrop::fields(FieldVisitor& visit) {
  visit_size_or_same(visit, size);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
