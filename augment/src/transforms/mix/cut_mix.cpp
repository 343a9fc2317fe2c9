#include "doppel/augment/transforms/mix/cut_mix.h"

#include <algorithm>
#include <cmath>

#include "transforms/chance_field.h"
#include "transforms/mixing.h"

namespace doppel::augment {

void CutMix::draw(Draft& draft, const Stream& stream) const {
  if (!draft.can_mix()) return;
  const Size now = draft.size();
  const double side = std::sqrt(1 - draw_beta(stream.split("share"), alpha));
  const double cx = stream.uniform("x") * now.width, cy = stream.uniform("y") * now.height;
  const int x0 = std::clamp(static_cast<int>(cx - side * now.width / 2), 0, now.width),
            x1 = std::clamp(static_cast<int>(cx + side * now.width / 2), 0, now.width);
  const int y0 = std::clamp(static_cast<int>(cy - side * now.height / 2), 0, now.height),
            y1 = std::clamp(static_cast<int>(cy + side * now.height / 2), 0, now.height);
  if (x1 <= x0 || y1 <= y0) return;
  Draft other = draft.partner(stream.bits("partner"));
  fit(other, now);
  const Size window{y1 - y0, x1 - x0};
  if (window != now) other.append(op::Crop{x0, y0, window});
  draft.join({.mode = op::Join::Mode::Paste, .plan = {}, .x = x0, .y = y0}, other,
             double(window.width) * window.height / (double(now.width) * now.height));
}
void CutMix::fields(FieldVisitor& visit) {
  visit({"alpha", {0.001, 1000}, "", "of the Beta distribution"}, alpha);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
