#include "doppel/augment/transforms/mix/resize_mix.h"

#include <algorithm>

#include "transforms/chance_field.h"
#include "transforms/mixing.h"

namespace doppel::augment {

void ResizeMix::draw(Draft& draft, const Stream& stream) const {
  if (!draft.can_mix()) return;
  const Size now = draft.size();
  const double s = stream.uniform("scale", scale.low, scale.high);
  const Size size{std::max(1, static_cast<int>(now.height * s)),
                  std::max(1, static_cast<int>(now.width * s))};
  Draft other = draft.partner(stream.bits("partner"));
  fit(other, size);
  draft.join({.mode = op::Join::Mode::Paste,
              .plan = {},
              .x = stream.integer("x", 0, now.width - size.width),
              .y = stream.integer("y", 0, now.height - size.height)},
             other, double(size.width) * size.height / (double(now.width) * now.height));
}
void ResizeMix::fields(FieldVisitor& visit) {
  visit({"scale", {0.01, 1}, "of the side", "of the pasted image"}, scale);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
