#include "doppel/augment/transforms/quality/superpixels.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Superpixels::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Superpixels{stream.integer("count", count.low, count.high),
                               stream.uniform("share", share.low, share.high), stream.bits("seed")});
}
void Superpixels::fields(FieldVisitor& visit) {
  visit({"count", {1, 100000}, "", "patches"}, count);
  visit({"share", {0, 1}, "", "of them"}, share);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
