#include "doppel/augment/transforms/weather/sun_flare.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

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

}  // namespace doppel::augment
