#include "doppel/augment/transforms/light.h"

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"

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

void PlasmaBrightness::draw(Draft& draft, const Stream& stream) const {
  const double a = stream.uniform("amount", amount.low, amount.high);
  if (a > 0)
    draft.append(op::Plasma{a / 2, a, stream.uniform("roughness", roughness.low, roughness.high),
                            stream.bits("seed")});
}
void PlasmaBrightness::fields(FieldVisitor& visit) {
  visit({"roughness", {0, 1}, "", "weight of the finer octaves"}, roughness);
  visit({"amount", {0, 1}, "of the full range", ""}, amount);
  visit_chance(visit, p);
}

void SunFlare::draw(Draft& draft, const Stream& stream) const {
  op::Flare flare{.x = stream.uniform("x", x.low, x.high),
                  .y = stream.uniform("y", y.low, y.high),
                  .radius = stream.uniform("radius", radius.low, radius.high),
                  .strength = stream.uniform("strength", strength.low, strength.high),
                  .rays = stream.integer("rays", rays.low, rays.high),
                  .ghosts = stream.integer("ghosts", ghosts.low, ghosts.high),
                  .seed = stream.bits("seed")};
  if (flare.strength > 0) draft.append(flare);
}
void SunFlare::fields(FieldVisitor& visit) {
  visit({"x", {-1, 2}, "of the width", ""}, x);
  visit({"y", {-1, 2}, "of the height", ""}, y);
  visit({"radius", {0.001, 10}, "of the short side", "of the glow"}, radius);
  visit({"strength", {0, 1}, "", ""}, strength);
  visit({"rays", {0, 64}, "", ""}, rays);
  visit({"ghosts", {0, 64}, "", ""}, ghosts);
  visit_chance(visit, p);
}

void Shadow::draw(Draft& draft, const Stream& stream) const {
  const int n = stream.integer("count", count.low, count.high);
  for (int i = 0; i < n; ++i) {
    const Stream one = stream.split("shadow", static_cast<std::uint64_t>(i));
    const double cx = one.uniform("x", region[0], region[2]), cy = one.uniform("y", region[1], region[3]),
                 turn = one.uniform("turn", 0, 6.28318530718);
    op::Shadow shadow{
        {}, one.uniform("darkness", darkness.low, darkness.high), one.uniform("softness", 0.005, 0.03)};
    const int corners = one.integer("corners", 4, 6);
    // Corners around an ellipse: the polygon is convex.
    const double rx = one.uniform("rx", 0.2, 0.6), ry = one.uniform("ry", 0.2, 0.6);
    for (int k = 0; k < corners; ++k) {
      const double angle =
          turn + 6.28318530718 *
                     (k + one.split("corner", static_cast<std::uint64_t>(k)).uniform("a", -0.3, 0.3)) /
                     corners;
      shadow.points.push_back(cx + rx * exact::cos(angle));
      shadow.points.push_back(cy + ry * exact::sin(angle));
    }
    if (shadow.darkness > 0) draft.append(std::move(shadow));
  }
}
void Shadow::fields(FieldVisitor& visit) {
  visit({"count", {0, 100}, "", ""}, count);
  visit({"darkness", {0, 1}, "", ""}, darkness);
  visit({"region", {-1, 2}, "of the sides", "x0, y0, x1, y1 where corners lie"}, region);
  visit_chance(visit, p);
  if (region.size() != 4) throw UsageError("Shadow: region needs x0, y0, x1, y1");
}

}  // namespace doppel::augment
