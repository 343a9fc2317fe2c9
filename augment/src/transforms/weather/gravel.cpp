#include "doppel/augment/transforms/weather/gravel.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "transforms/chance_field.h"

namespace doppel::augment {

void Gravel::draw(Draft& draft, const Stream& stream) const {
  const double s = std::min(draft.size().height, draft.size().width);
  op::Gravel gravel{{}, stream.bits("seed")};
  const int n = stream.integer("patches", patches.low, patches.high);
  for (int i = 0; i < n; ++i) {
    const Stream one = stream.split("patch", static_cast<std::uint64_t>(i));
    gravel.patches.insert(gravel.patches.end(),
                          {one.uniform("x") * draft.size().width, one.uniform("y") * draft.size().height,
                           one.uniform("radius", radius.low, radius.high) * s});
  }
  if (n > 0) draft.append(std::move(gravel));
}
void Gravel::fields(FieldVisitor& visit) {
  visit({"patches", {0, 100}, "", ""}, patches);
  visit({"radius", {0.001, 2}, "of the short side", "of a patch"}, radius);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
