#include "doppel/augment/transforms/quality.h"

#include "chance_field.h"

namespace doppel::augment {

void JpegCompression::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Jpeg{stream.integer("quality", quality.low, quality.high)});
}
void JpegCompression::fields(FieldVisitor& visit) {
  visit({"quality", {1, 100}, "", "as libjpeg counts it"}, quality);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
