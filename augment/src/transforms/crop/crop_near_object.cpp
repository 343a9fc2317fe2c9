#include "doppel/augment/transforms/crop/crop_near_object.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void CropNearObject::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const std::vector<Box> boxes = draft.boxes();
  if (boxes.empty()) return resize_to(draft, or_same(size, now), filter);
  const Box& b =
      boxes[static_cast<std::size_t>(stream.integer("object", 0, static_cast<int>(boxes.size()) - 1))];
  const double w = b.x1 - b.x0, h = b.y1 - b.y0;
  const int x0 = std::clamp(static_cast<int>(std::floor(b.x0 + stream.uniform("left", -jitter, jitter) * w)),
                            0, now.width - 1);
  const int y0 = std::clamp(static_cast<int>(std::floor(b.y0 + stream.uniform("top", -jitter, jitter) * h)),
                            0, now.height - 1);
  const int x1 = std::clamp(static_cast<int>(std::ceil(b.x1 + stream.uniform("right", -jitter, jitter) * w)),
                            x0 + 1, now.width);
  const int y1 = std::clamp(static_cast<int>(std::ceil(b.y1 + stream.uniform("bottom", -jitter, jitter) * h)),
                            y0 + 1, now.height);
  cut(draft, {x0, y0, {y1 - y0, x1 - x0}});
  resize_to(draft, or_same(size, now), filter);
}
void CropNearObject::fields(FieldVisitor& visit) {
  visit({"jitter", {0, 10}, "of the box", "most move of a side"}, jitter);
  visit_size_or_same(visit, size);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
