#include "doppel/augment/transforms/occlusion.h"

#include <algorithm>
#include <cmath>

#include "chance_field.h"
#include "doppel/augment/error.h"

namespace doppel::augment {

void CoarseDropout::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  op::Cover cover{{}, fill, {}, stream.bits("seed")};
  for (std::size_t i = 0; i < 3; ++i) cover.color[i] = color[color.size() == 1 ? 0 : i];
  const int count = stream.integer("holes", holes.low, holes.high);
  for (int i = 0; i < count; ++i) {
    const Stream s = stream.split("hole", static_cast<std::uint64_t>(i));
    const auto side = [&](const char* purpose, const Range& share, int whole) {
      return std::min(whole,
                      static_cast<int>(std::lround(s.uniform(purpose, share.low, share.high) * whole)));
    };
    const int h = side("height", height, now.height), w = side("width", width, now.width);
    if (h < 1 || w < 1) continue;
    for (const int v : {s.integer("x", 0, now.width - w), s.integer("y", 0, now.height - h), w, h})
      cover.holes.push_back(v);
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
