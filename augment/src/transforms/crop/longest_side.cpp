#include "doppel/augment/transforms/crop/longest_side.h"

#include <algorithm>

#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void LongestSide::draw(Draft& draft, const Stream&) const {
  resize_to(draft, scaled(draft.size(), double(size) / std::max(draft.size().height, draft.size().width)),
            filter);
}
void LongestSide::fields(FieldVisitor& visit) {
  visit({"size", {1, 1048576}, "pixels", ""}, size);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
