#include "doppel/augment/transforms/occlusion/strip_dropout.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"
#include "transforms/holes.h"

namespace doppel::augment {

void StripDropout::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  op::Cover cover{{}, fill, color_of(color), stream.bits("seed")};
  const auto strips = [&](std::string_view which, const IntRange& range, bool across) {
    const int n = stream.integer(which, range.low, range.high);
    for (int i = 0; i < n; ++i) {
      const Stream one = stream.split(which, static_cast<std::uint64_t>(i));
      const double share = one.uniform("width", width.low, width.high);
      add_hole(cover, now, across ? share : 1, across ? 1 : share, one);
    }
  };
  strips("rows", rows, true);
  strips("columns", columns, false);
  if (!cover.holes.empty()) draft.append(std::move(cover));
}
void StripDropout::fields(FieldVisitor& visit) {
  visit({"rows", {0, 1000}, "", "strips across"}, rows);
  visit({"columns", {0, 1000}, "", "strips down"}, columns);
  visit({"width", {0, 1}, "of the side", "of a strip"}, width);
  visit.choice({"fill", {}, "", "what covers"}, fill, kCoverFillNames);
  visit({"color", {0, 1}, "of the full range", "for fill: color; one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("StripDropout: color needs one value, or r, g, b");
}

}  // namespace doppel::augment
