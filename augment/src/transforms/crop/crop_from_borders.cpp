#include "doppel/augment/transforms/crop/crop_from_borders.h"

#include <string_view>

#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void CropFromBorders::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const auto share = [&](std::string_view side_name, const Range& range, int side) {
    return static_cast<int>(stream.uniform(side_name, range.low, range.high) * side);
  };
  const int x = share("left", left, now.width), y = share("top", top, now.height);
  cut(draft, {x,
              y,
              {now.height - y - share("bottom", bottom, now.height),
               now.width - x - share("right", right, now.width)}});
}
void CropFromBorders::fields(FieldVisitor& visit) {
  visit({"left", {0, 0.49}, "of the width", ""}, left);
  visit({"right", {0, 0.49}, "of the width", ""}, right);
  visit({"top", {0, 0.49}, "of the height", ""}, top);
  visit({"bottom", {0, 0.49}, "of the height", ""}, bottom);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
