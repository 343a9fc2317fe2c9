#include "doppel/augment/transforms/quality/jpeg_compression.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void JpegCompression::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Jpeg{stream.integer("quality", quality.low, quality.high)});
}
void JpegCompression::fields(FieldVisitor& visit) {
  visit({"quality", {1, 100}, "", ""}, quality);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
