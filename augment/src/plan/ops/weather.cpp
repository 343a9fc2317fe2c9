#include "doppel/augment/plan/ops/weather.h"

#include "doppel/base/error.h"
#include "field_lists.h"

namespace doppel::augment::op {
namespace {

constexpr std::array<std::string_view, 2> kSpatterNames{"rain", "mud"};

}  // namespace

void Rain::fields(FieldVisitor& visit) {
  visit({"amount", kShare, "", ""}, amount);
  visit({"angle", {-89, 89}, "degrees", "from the vertical"}, angle);
  visit({"length", {0, 10}, "", "times the usual streak length"}, length);
  visit({"width", {0, 10}, "", "times the usual streak width"}, width);
  visit({"dim", {0, 4}, "", "times the usual dimming"}, dim);
  visit({"seed", {}, "", "names the streaks"}, seed);
}
void SnowFall::fields(FieldVisitor& visit) {
  visit({"amount", kShare, "", ""}, amount);
  visit({"wind", {-89, 89}, "degrees", "from the vertical"}, wind);
  visit({"seed", {}, "", "names the flakes"}, seed);
}
void SnowSettle::fields(FieldVisitor& visit) { visit({"amount", kShare, "", ""}, amount); }
void Fog::fields(FieldVisitor& visit) {
  visit({"density", {0, 100}, "", "optical depth at the horizon"}, density);
  visit({"patchiness", kShare, "", ""}, patchiness);
  visit({"horizon", {-1, 1}, "of the height", ""}, horizon);
  visit_array(visit, {"airlight", kShare, "of the full range", "the fog's colour"}, airlight);
  visit({"seed", {}, "", "names the patches"}, seed);
}
void Specks::fields(FieldVisitor& visit) {
  visit({"count", {0, 1e6}, "", ""}, count);
  visit({"least", {1e-5, 1}, "of the short side", "radius"}, least);
  visit({"most", {1e-5, 1}, "of the short side", "radius"}, most);
  visit({"opacity", kShare, "", ""}, opacity);
  visit_array(visit, {"color", kShare, "of the full range", "of a speck"}, color);
  visit({"seed", {}, "", "names the draw"}, seed);
}
void Spatter::fields(FieldVisitor& visit) {
  visit.choice({"mode", {}, "", "what hit the lens"}, mode, kSpatterNames);
  visit({"amount", kShare, "", "share covered"}, amount);
  visit({"size", {1e-3, 1}, "of the short side", "of a drop"}, size);
  visit({"opacity", kShare, "", ""}, opacity);
  visit({"seed", {}, "", "names the draw"}, seed);
}
void Frost::fields(FieldVisitor& visit) {
  visit({"a", {0, 1}, "", "of the image"}, a);
  visit({"b", {0, 1}, "", "of the frost"}, b);
  visit({"seed", {}, "", "names the draw"}, seed);
}
void Gravel::fields(FieldVisitor& visit) {
  visit({"patches", {}, "pixels", "x, y, radius of each"}, patches);
  visit({"seed", {}, "", "names the draw"}, seed);
  if (patches.size() % 3 != 0) throw UsageError("Gravel: patches need three numbers each");
}
void PlasmaFog::fields(FieldVisitor& visit) {
  visit({"strength", {0, 10}, "", ""}, strength);
  visit({"decay", {1.01, 10}, "", ""}, decay);
  visit({"seed", {}, "", "names the draw"}, seed);
}

}  // namespace doppel::augment::op
