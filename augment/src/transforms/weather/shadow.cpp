#include "doppel/augment/transforms/weather/shadow.h"

#include <cstdint>
#include <utility>

#include "base/exact_math.h"
#include "doppel/base/error.h"
#include "transforms/chance_field.h"

namespace doppel::augment {

void Shadow::draw(Draft& draft, const Stream& stream) const {
  const int n = stream.integer("count", count.low, count.high);
  for (int i = 0; i < n; ++i) {
    const Stream one = stream.split("shadow", static_cast<std::uint64_t>(i));
    const double cx = one.uniform("x", region[0], region[2]), cy = one.uniform("y", region[1], region[3]),
                 turn = one.uniform("turn", 0, 6.28318530718);
    op::Shadow shadow{
        {}, one.uniform("darkness", darkness.low, darkness.high), one.uniform("softness", 0.005, 0.03)};
    const int corners = one.integer("corners", 4, 6);
    // Corners around an ellipse: the polygon is convex.
    const double rx = one.uniform("rx", 0.2, 0.6), ry = one.uniform("ry", 0.2, 0.6);
    for (int k = 0; k < corners; ++k) {
      const double angle =
          turn + 6.28318530718 *
                     (k + one.split("corner", static_cast<std::uint64_t>(k)).uniform("a", -0.3, 0.3)) /
                     corners;
      shadow.points.push_back(cx + rx * exact::cos(angle));
      shadow.points.push_back(cy + ry * exact::sin(angle));
    }
    if (shadow.darkness > 0) draft.append(std::move(shadow));
  }
}
void Shadow::fields(FieldVisitor& visit) {
  visit({"count", {0, 100}, "", ""}, count);
  visit({"darkness", {0, 1}, "", ""}, darkness);
  visit({"region", {-1, 2}, "of the sides", "x0, y0, x1, y1 within which a shadow's middle lies"}, region);
  visit_chance(visit, p);
  if (region.size() != 4 || region[0] > region[2] || region[1] > region[3])
    throw UsageError("Shadow: region needs x0, y0, x1, y1, the smaller ones first");
}

}  // namespace doppel::augment
