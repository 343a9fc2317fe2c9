#include "doppel/augment/transforms/policy/auto_augment.h"

#include <array>
#include <string_view>

#include "transforms/chance_field.h"
#include "transforms/policy_space.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 3> kPolicyNames{"imagenet", "cifar10", "svhn"};

}  // namespace

void AutoAugment::draw(Draft& draft, const Stream& stream) const {
  const auto which = static_cast<std::size_t>(stream.integer("pair", 0, 24));
  const PolicyPair& pair = policy_pairs(static_cast<int>(policy))[which];
  for (std::size_t i = 0; i < 2; ++i) {
    const Stream one = stream.split("step", i);
    if (one.chance("apply", pair[i].chance))
      append_policy_op(draft, pair[i].op, space_value(pair[i].op, pair[i].bin / 9.0, false, draft.size()),
                       one, fill, filter);
  }
}
void AutoAugment::fields(FieldVisitor& visit) {
  visit.choice({"policy", {}, "", "the data set that they were learned on"}, policy, kPolicyNames);
  visit({"fill", {}, "", "what shows beyond the image; in masks the recipe's mask_fill"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
