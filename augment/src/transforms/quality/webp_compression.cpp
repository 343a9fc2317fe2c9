#include "doppel/augment/transforms/quality/webp_compression.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void WebpCompression::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Webp{stream.integer("quality", quality.low, quality.high)});
}
void WebpCompression::fields(FieldVisitor& visit) {
  visit({"quality", {1, 100}, "", ""}, quality);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
