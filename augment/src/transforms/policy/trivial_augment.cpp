#include "doppel/augment/transforms/policy/trivial_augment.h"

#include "transforms/chance_field.h"
#include "transforms/policy_space.h"

namespace doppel::augment {

void TrivialAugment::draw(Draft& draft, const Stream& stream) const {
  const auto which = static_cast<PolicyOp>(stream.integer("op", 0, 13));
  append_policy_op(draft, which, space_value(which, stream.integer("bin", 0, 30) / 30.0, true, draft.size()),
                   stream, fill, filter);
}
void TrivialAugment::fields(FieldVisitor& visit) {
  visit({"fill", {}, "", "what shows beyond the image; in masks the recipe's mask_fill"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
