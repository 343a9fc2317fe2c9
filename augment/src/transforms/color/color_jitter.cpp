#include "doppel/augment/transforms/color/color_jitter.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "transforms/chance_field.h"
#include "transforms/color_matrices.h"
#include "transforms/factor.h"

namespace doppel::augment {

void ColorJitter::draw(Draft& draft, const Stream& stream) const {
  std::array<std::pair<std::uint64_t, int>, 4> order;
  for (int i = 0; i < 4; ++i) order[static_cast<std::size_t>(i)] = {stream.split("order", i).bits("key"), i};
  std::ranges::sort(order);
  const bool color = draft.channels() >= 3;
  for (const auto& [key, which] : order) {
    if (which == 0) {
      if (const double f = draw_factor(stream, "brightness", brightness); f != 1)
        draft.append(brightness_matrix(f));
    } else if (which == 1) {
      if (const double f = draw_factor(stream, "contrast", contrast); f != 1) draft.append(op::Contrast{f});
    } else if (which == 2) {
      if (const double f = draw_factor(stream, "saturation", saturation); color && f != 1)
        draft.append(saturation_matrix(f));
    } else if (const double turn = stream.uniform("hue", hue.low, hue.high); color && turn != 0) {
      draft.append(op::Hsv{.turn = turn});
    }
  }
}
void ColorJitter::fields(FieldVisitor& visit) {
  visit({"brightness", kFactor, "", "factor"}, brightness);
  visit({"contrast", kFactor, "", "factor"}, contrast);
  visit({"saturation", kFactor, "", "factor"}, saturation);
  visit({"hue", {-0.5, 0.5}, "turns", "of the full circle"}, hue);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
