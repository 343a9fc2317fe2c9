#include "doppel/augment/transforms/crop/zoom_out.h"

#include <cmath>

#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void ZoomOut::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const double by = stream.uniform("side", side.low, side.high);
  const int x = static_cast<int>(std::lround((by - 1) * now.width)),
            y = static_cast<int>(std::lround((by - 1) * now.height));
  if (x <= 0 && y <= 0) return;
  const int left = stream.integer("left", 0, x), top = stream.integer("top", 0, y);
  draft.append(op::Pad{left, x - left, top, y - top, fill});
  resize_to(draft, now, filter);
}
void ZoomOut::fields(FieldVisitor& visit) {
  visit({"side", {1, 32}, "", "of the canvas over that of the image"}, side);
  visit({"fill", {}, "", "of the canvas"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
