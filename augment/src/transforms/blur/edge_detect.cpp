#include "doppel/augment/transforms/blur/edge_detect.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void EdgeDetect::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Edges{stream.uniform("share", share.low, share.high)});
}
void EdgeDetect::fields(FieldVisitor& visit) {
  visit({"share", {0, 1}, "", "of the result"}, share);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
