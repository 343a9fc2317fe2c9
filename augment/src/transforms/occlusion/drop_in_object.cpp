#include "doppel/augment/transforms/occlusion/drop_in_object.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"
#include "transforms/holes.h"

namespace doppel::augment {

void DropInObject::draw(Draft& draft, const Stream& stream) const {
  const std::vector<Box> boxes = draft.boxes();
  op::Cover cover{{}, fill, color_of(color), stream.bits("seed")};
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const Stream object = stream.split("object", i);
    const int n = object.integer("holes", holes.low, holes.high);
    for (int k = 0; k < n; ++k) {
      const Stream one = object.split("hole", static_cast<std::uint64_t>(k));
      const Box& b = boxes[i];
      const double w = one.uniform("width", width.low, width.high) * (b.x1 - b.x0),
                   h = one.uniform("height", height.low, height.high) * (b.y1 - b.y0);
      const double x = one.uniform("x", b.x0, b.x1 - w), y = one.uniform("y", b.y0, b.y1 - h);
      cover_box(cover, {x, y, x + w, y + h}, draft.size());
    }
  }
  if (!cover.holes.empty()) draft.append(std::move(cover));
}
void DropInObject::fields(FieldVisitor& visit) {
  visit({"holes", {0, 1000}, "", "in each object"}, holes);
  visit({"height", {0, 1}, "of the box", "of a hole"}, height);
  visit({"width", {0, 1}, "of the box", "of a hole"}, width);
  visit.choice({"fill", {}, "", "what covers"}, fill, kCoverFillNames);
  visit({"color", {0, 1}, "of the full range", "for fill: color; one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("DropInObject: color needs one value, or r, g, b");
}

}  // namespace doppel::augment
