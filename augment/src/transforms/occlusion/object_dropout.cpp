#include "doppel/augment/transforms/occlusion/object_dropout.h"

#include <utility>
#include <vector>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"
#include "transforms/holes.h"

namespace doppel::augment {

void ObjectDropout::draw(Draft& draft, const Stream& stream) const {
  const std::vector<Box> boxes = draft.boxes();
  const double chance = stream.uniform("share", share.low, share.high);
  op::Cover cover{{}, fill, color_of(color), stream.bits("seed")};
  std::vector<std::size_t> gone;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (!stream.split("object", i).chance("drop", chance)) continue;
    cover_box(cover, boxes[i], draft.size());
    gone.push_back(i);
  }
  if (gone.empty()) return;
  draft.drop_boxes(gone);
  if (!cover.holes.empty()) draft.append(std::move(cover));
}
void ObjectDropout::fields(FieldVisitor& visit) {
  visit({"share", {0, 1}, "", "of the objects, by chance each"}, share);
  visit.choice({"fill", {}, "", "what covers"}, fill, kCoverFillNames);
  visit({"color", {0, 1}, "of the full range", "for fill: color; one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("ObjectDropout: color needs one value, or r, g, b");
}

}  // namespace doppel::augment
