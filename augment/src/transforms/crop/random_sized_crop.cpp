#include "doppel/augment/transforms/crop/random_sized_crop.h"

#include <algorithm>
#include <cmath>

#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void RandomSizedCrop::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const double h = stream.uniform("height", height.low, height.high) * now.height;
  const Size window{std::clamp(static_cast<int>(std::lround(h)), 1, now.height),
                    std::clamp(static_cast<int>(std::lround(h * ratio)), 1, now.width)};
  cut(draft, {stream.integer("x", 0, now.width - window.width),
              stream.integer("y", 0, now.height - window.height), window});
  resize_to(draft, or_same(size, now), filter);
}
void RandomSizedCrop::fields(FieldVisitor& visit) {
  visit({"height", {0, 1}, "of the height", "of the window"}, height);
  visit({"ratio", {0.001, 1000}, "", "width over height"}, ratio);
  visit_size_or_same(visit, size);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
