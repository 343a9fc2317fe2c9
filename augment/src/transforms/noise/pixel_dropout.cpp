#include "doppel/augment/transforms/noise/pixel_dropout.h"

#include "doppel/base/error.h"
#include "transforms/chance_field.h"

namespace doppel::augment {

void PixelDropout::draw(Draft& draft, const Stream& stream) const {
  draft.append(
      op::PixelDropout{stream.uniform("share", share.low, share.high), color_of(color), stream.bits("seed")});
}
void PixelDropout::fields(FieldVisitor& visit) {
  visit({"share", {0, 1}, "", "of the pixels"}, share);
  visit({"color", {0, 1}, "of the full range", "one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("PixelDropout: color needs one value, or r, g, b");
}

}  // namespace doppel::augment
