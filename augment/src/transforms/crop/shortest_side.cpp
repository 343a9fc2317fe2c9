#include "doppel/augment/transforms/crop/shortest_side.h"

#include <algorithm>

#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void ShortestSide::draw(Draft& draft, const Stream&) const {
  resize_to(draft, scaled(draft.size(), double(size) / std::min(draft.size().height, draft.size().width)),
            filter);
}
void ShortestSide::fields(FieldVisitor& visit) {
  visit({"size", {1, 1048576}, "pixels", ""}, size);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
