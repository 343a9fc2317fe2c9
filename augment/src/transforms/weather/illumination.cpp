#include "doppel/augment/transforms/weather/illumination.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 5> kLightModes{"linear", "corner", "gaussian", "vignette", "any"};

}  // namespace

void Illumination::draw(Draft& draft, const Stream& stream) const {
  const int which = mode == Mode::Any ? stream.integer("mode", 0, 3) : static_cast<int>(mode);
  const double a = stream.uniform("amount", amount.low, amount.high);
  if (a != 0)
    draft.append(op::Light{static_cast<op::Light::Mode>(which),
                           which == 3 ? std::min(1.0, 2 * std::abs(a)) : a, stream.uniform("angle", 0, 360),
                           stream.uniform("x", 0.2, 0.8), stream.uniform("y", 0.2, 0.8),
                           which == 3 ? 0.9 : stream.uniform("radius", 0.3, 0.7)});
}
void Illumination::fields(FieldVisitor& visit) {
  visit.choice({"mode", {}, "", "any: one at random"}, mode, kLightModes);
  visit({"amount", {-1, 4}, "", "brighter or darker"}, amount);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
