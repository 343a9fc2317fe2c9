#include "doppel/augment/transforms/crop/crop.h"

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void Crop::draw(Draft& draft, const Stream&) const {
  const Size now = draft.size();
  const int x0 = std::min(now.width - 1, static_cast<int>(std::lround(box[0] * now.width))),
            y0 = std::min(now.height - 1, static_cast<int>(std::lround(box[1] * now.height)));
  const int x1 = std::max(x0 + 1, static_cast<int>(std::lround(box[2] * now.width))),
            y1 = std::max(y0 + 1, static_cast<int>(std::lround(box[3] * now.height)));
  cut(draft, {x0, y0, {y1 - y0, x1 - x0}});
}
void Crop::fields(FieldVisitor& visit) {
  visit({"box", {0, 1}, "of the sides", "x0, y0, x1, y1"}, box);
  visit_chance(visit, p);
  if (box.size() != 4 || box[0] >= box[2] || box[1] >= box[3])
    throw UsageError("Crop: box needs x0 < x1 and y0 < y1 as [x0, y0, x1, y1]");
}

}  // namespace doppel::augment
