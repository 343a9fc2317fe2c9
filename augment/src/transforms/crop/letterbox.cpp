#include "doppel/augment/transforms/crop/letterbox.h"

#include <algorithm>

#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void Letterbox::draw(Draft& draft, const Stream&) const {
  const Size now = draft.size();
  const double fit = std::min(double(size.height) / now.height, double(size.width) / now.width);
  const Size inner{std::min(size.height, scaled(now, fit).height),
                   std::min(size.width, scaled(now, fit).width)};
  resize_to(draft, inner, filter);
  const int x = size.width - inner.width, y = size.height - inner.height;
  if (x > 0 || y > 0) draft.append(op::Pad{x / 2, x - x / 2, y / 2, y - y / 2, fill});
}
void Letterbox::fields(FieldVisitor& visit) {
  visit({"size", {1, 1048576}, "pixels", "height and width"}, size);
  visit({"fill", {}, "", "of the bars"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
