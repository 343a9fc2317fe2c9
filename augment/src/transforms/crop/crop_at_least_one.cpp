#include "doppel/augment/transforms/crop/crop_at_least_one.h"

#include <vector>

#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void CropAtLeastOne::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size(), window = within(size, now);
  const std::vector<Box> boxes = draft.boxes();
  op::Crop crop{stream.integer("x", 0, now.width - window.width),
                stream.integer("y", 0, now.height - window.height), window};
  if (!boxes.empty()) {
    const Box& b =
        boxes[static_cast<std::size_t>(stream.integer("object", 0, static_cast<int>(boxes.size()) - 1))];
    crop.x = around(b.x0, b.x1, keep, window.width, now.width, stream.uniform("x"));
    crop.y = around(b.y0, b.y1, keep, window.height, now.height, stream.uniform("y"));
  }
  cut(draft, crop);
}
void CropAtLeastOne::fields(FieldVisitor& visit) {
  visit_size_or_same(visit, size);
  visit({"keep", {0, 1}, "", "share of the object's width and height"}, keep);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
