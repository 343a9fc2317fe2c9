#include "doppel/augment/transforms/policy/rand_augment.h"

#include <algorithm>
#include <cstdint>

#include "transforms/chance_field.h"
#include "transforms/policy_space.h"

namespace doppel::augment {

void RandAugment::draw(Draft& draft, const Stream& stream) const {
  for (int i = 0; i < ops; ++i) {
    const Stream one = stream.split("step", static_cast<std::uint64_t>(i));
    const auto which = static_cast<PolicyOp>(one.integer("op", 0, 13));
    append_policy_op(draft, which,
                     space_value(which, std::min(1.0, double(magnitude) / (bins - 1)), false, draft.size()),
                     one, fill, filter);
  }
}
void RandAugment::fields(FieldVisitor& visit) {
  visit({"ops", {0, 100}, "", ""}, ops);
  visit({"magnitude", {0, 1000}, "", ""}, magnitude);
  visit({"bins", {2, 1001}, "", "magnitudes from 0 to bins - 1"}, bins);
  visit({"fill", {}, "", "what shows beyond the image; in masks the recipe's mask_fill"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
