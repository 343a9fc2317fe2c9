#include "doppel/augment/transforms/occlusion/random_erasing.h"

#include <cmath>
#include <cstdint>
#include <utility>

#include "base/exact_math.h"
#include "doppel/base/error.h"
#include "transforms/chance_field.h"
#include "transforms/holes.h"

namespace doppel::augment {

void RandomErasing::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  for (std::uint64_t turn = 0; turn < 10; ++turn) {
    const Stream one = stream.split("try", turn);
    const double pixels = one.uniform("area", area.low, area.high) * now.height * now.width;
    const double aspect = exact::exp(one.uniform("ratio", exact::log(ratio.low), exact::log(ratio.high)));
    const int h = static_cast<int>(std::lround(std::sqrt(pixels * aspect))),
              w = static_cast<int>(std::lround(std::sqrt(pixels / aspect)));
    if (h < 1 || w < 1 || h > now.height || w > now.width) continue;
    op::Cover cover{{}, fill, color_of(color), stream.bits("seed")};
    add_rectangle(cover, one.integer("x", 0, now.width - w), one.integer("y", 0, now.height - h), w, h);
    draft.append(std::move(cover));
    return;
  }
}
void RandomErasing::fields(FieldVisitor& visit) {
  visit({"area", {0, 1}, "of the image", ""}, area);
  visit({"ratio", {0.001, 1000}, "", "height over width, log-uniform"}, ratio);
  visit.choice({"fill", {}, "", "what covers"}, fill, kCoverFillNames);
  visit({"color", {0, 1}, "of the full range", "for fill: color; one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("RandomErasing: color needs one value, or r, g, b");
}

}  // namespace doppel::augment
