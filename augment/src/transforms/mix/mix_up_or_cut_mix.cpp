#include "doppel/augment/transforms/mix/mix_up_or_cut_mix.h"

#include "doppel/augment/transforms/mix/cut_mix.h"
#include "doppel/augment/transforms/mix/mix_up.h"
#include "transforms/chance_field.h"

namespace doppel::augment {

void MixUpOrCutMix::draw(Draft& draft, const Stream& stream) const {
  if (stream.chance("mixup", 0.5))
    MixUp{.alpha = mixup_alpha}.draw(draft, stream.split("MixUp"));
  else
    CutMix{.alpha = cutmix_alpha}.draw(draft, stream.split("CutMix"));
}
void MixUpOrCutMix::fields(FieldVisitor& visit) {
  visit({"mixup_alpha", {0.001, 1000}, "", ""}, mixup_alpha);
  visit({"cutmix_alpha", {0.001, 1000}, "", ""}, cutmix_alpha);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
