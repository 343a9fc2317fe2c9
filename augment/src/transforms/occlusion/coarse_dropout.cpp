#include "doppel/augment/transforms/occlusion/coarse_dropout.h"

#include <cstdint>
#include <utility>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"
#include "transforms/holes.h"

namespace doppel::augment {

void CoarseDropout::draw(Draft& draft, const Stream& stream) const {
  op::Cover cover{{}, fill, color_of(color), stream.bits("seed")};
  const int count = stream.integer("holes", holes.low, holes.high);
  for (int i = 0; i < count; ++i) {
    const Stream one = stream.split("hole", static_cast<std::uint64_t>(i));
    add_hole(cover, draft.size(), one.uniform("height", height.low, height.high),
             one.uniform("width", width.low, width.high), one);
  }
  if (!cover.holes.empty()) draft.append(std::move(cover));
}
void CoarseDropout::fields(FieldVisitor& visit) {
  visit({"holes", {0, 1000}, "", "how many"}, holes);
  visit({"height", {0, 1}, "of the height", "of a hole"}, height);
  visit({"width", {0, 1}, "of the width", "of a hole"}, width);
  visit.choice({"fill", {}, "", "what covers"}, fill, kCoverFillNames);
  visit({"color", {0, 1}, "of the full range", "for fill: color; one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("CoarseDropout: color needs one value, or r, g, b");
}

}  // namespace doppel::augment
