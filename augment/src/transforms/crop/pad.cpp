#include "doppel/augment/transforms/crop/pad.h"

#include <algorithm>

#include "transforms/chance_field.h"

namespace doppel::augment {

void Pad::draw(Draft& draft, const Stream&) const {
  const auto lack = [this](int side, int least) {
    int wanted = std::max(side, least);
    if (divisor > 1) wanted = (wanted + divisor - 1) / divisor * divisor;
    return wanted - side;
  };
  const int more_x = lack(draft.size().width + left + right, to.width);
  const int more_y = lack(draft.size().height + top + bottom, to.height);
  const op::Pad pad{left + more_x / 2, right + more_x - more_x / 2, top + more_y / 2,
                    bottom + more_y - more_y / 2, fill};
  if (pad.left + pad.right + pad.top + pad.bottom > 0) draft.append(pad);
}
void Pad::fields(FieldVisitor& visit) {
  constexpr Bounds kPixels{0, 1 << 16};
  visit({"left", kPixels, "pixels", ""}, left);
  visit({"right", kPixels, "pixels", ""}, right);
  visit({"top", kPixels, "pixels", ""}, top);
  visit({"bottom", kPixels, "pixels", ""}, bottom);
  visit({"to", {0, 1 << 20}, "pixels", "pad to at least this height and width"}, to);
  visit({"divisor", {0, 1 << 16}, "pixels", "pad to a multiple of this"}, divisor);
  visit({"fill", {}, "", "what the new pixels show"}, fill);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
