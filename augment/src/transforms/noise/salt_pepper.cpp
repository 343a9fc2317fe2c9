#include "doppel/augment/transforms/noise/salt_pepper.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void SaltPepper::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::SaltPepper{.amount = stream.uniform("amount", amount.low, amount.high),
                              .salt = stream.uniform("salt_share", salt_share.low, salt_share.high),
                              .seed = stream.bits("seed")});
}
void SaltPepper::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", "share of the pixels"}, amount);
  visit({"salt_share", {0, 1}, "", "share of those that turns white"}, salt_share);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
