#include "doppel/augment/transforms/occlusion/hide_and_seek.h"

#include <cstdint>
#include <utility>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"
#include "transforms/holes.h"

namespace doppel::augment {

void HideAndSeek::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  op::Cover cover{{}, fill, color_of(color), stream.bits("seed")};
  for (int i = 0; i < grid * grid; ++i) {
    if (!stream.split("cell", static_cast<std::uint64_t>(i)).chance("hide", share)) continue;
    const int c = i % grid, r = i / grid, x = c * now.width / grid, y = r * now.height / grid;
    const int w = (c + 1) * now.width / grid - x, h = (r + 1) * now.height / grid - y;
    if (w > 0 && h > 0) add_rectangle(cover, x, y, w, h);
  }
  if (!cover.holes.empty()) draft.append(std::move(cover));
}
void HideAndSeek::fields(FieldVisitor& visit) {
  visit({"grid", {1, 64}, "", "cells a side"}, grid);
  visit({"share", {0, 1}, "", "of the cells"}, share);
  visit.choice({"fill", {}, "", "what covers"}, fill, kCoverFillNames);
  visit({"color", {0, 1}, "of the full range", "for fill: color; one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("HideAndSeek: color needs one value, or r, g, b");
}

}  // namespace doppel::augment
