#include "doppel/augment/transforms/crop/resize.h"

#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void Resize::draw(Draft& draft, const Stream&) const { resize_to(draft, size, filter); }
void Resize::fields(FieldVisitor& visit) {
  visit({"size", {1, 1 << 20}, "pixels", "height and width"}, size);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
