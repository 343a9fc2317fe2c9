#include "doppel/augment/plan/ops/light.h"

#include "doppel/base/error.h"
#include "field_lists.h"

namespace doppel::augment::op {
namespace {

constexpr std::array<std::string_view, 4> kLightNames{"linear", "corner", "gaussian", "vignette"};

}  // namespace

void Light::fields(FieldVisitor& visit) {
  visit.choice({"mode", {}, "", "shape"}, mode, kLightNames);
  visit({"amount", {-1, 4}, "", ""}, amount);
  visit({"angle", {}, "degrees", ""}, angle);
  visit({"x", {}, "of the width", "centre"}, x);
  visit({"y", {}, "of the height", "centre"}, y);
  visit({"radius", {0.01, 10}, "half diagonals", ""}, radius);
}
void Plasma::fields(FieldVisitor& visit) {
  visit({"brightness", {-1, 1}, "of the full range", ""}, brightness);
  visit({"contrast", {-1, 1}, "", ""}, contrast);
  visit({"roughness", {0, 1}, "", "how much finer octaves weigh"}, roughness);
  visit({"seed", {}, "", "names the draw"}, seed);
}
void Shadow::fields(FieldVisitor& visit) {
  visit({"points", {}, "of width and height", "x, y of each corner"}, points);
  visit({"darkness", kShare, "", ""}, darkness);
  visit({"softness", {1e-4, 1}, "of the short side", ""}, softness);
  if (points.size() % 2 != 0 || (!points.empty() && points.size() < 6))
    throw UsageError("Shadow: points need x, y of three corners or more");
}
void Flare::fields(FieldVisitor& visit) {
  visit({"x", {}, "of the width", ""}, x);
  visit({"y", {}, "of the height", ""}, y);
  visit({"radius", {1e-3, 10}, "of the short side", ""}, radius);
  visit({"strength", {0, 1}, "", ""}, strength);
  visit({"rays", {0, 64}, "", ""}, rays);
  visit({"ghosts", {0, 64}, "", ""}, ghosts);
  visit_array(visit, {"color", kShare, "of the full range", "of the light"}, color);
  visit({"seed", {}, "", "names the draw"}, seed);
}
void Clouds::fields(FieldVisitor& visit) {
  visit({"amount", kShare, "", ""}, amount);
  visit({"scale", {0.01, 10}, "of the short side", "size of a cloud"}, scale);
  visit({"seed", {}, "", "names the draw"}, seed);
}

}  // namespace doppel::augment::op
