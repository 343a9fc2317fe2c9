#include "doppel/augment/transforms/mix/mix_up.h"

#include "transforms/chance_field.h"
#include "transforms/mixing.h"

namespace doppel::augment {

void MixUp::draw(Draft& draft, const Stream& stream) const {
  if (!draft.can_mix()) return;
  const double share = draw_beta(stream.split("share"), alpha);
  Draft other = draft.partner(stream.bits("partner"));
  fit(other, draft.size());
  draft.join({.mode = op::Join::Mode::Average, .plan = {}, .share = share}, other, share);
}
void MixUp::fields(FieldVisitor& visit) {
  visit({"alpha", {0.001, 1000}, "", "of the Beta distribution"}, alpha);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
