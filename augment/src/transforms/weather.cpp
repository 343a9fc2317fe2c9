#include "doppel/augment/transforms/weather.h"

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"

namespace doppel::augment {
namespace {

constexpr std::array<NamedRange, 3> kRainAmounts{
    {{"drizzle", {0.2, 0.2}}, {"heavy", {0.6, 0.6}}, {"torrent", {1, 1}}}};
constexpr std::array<std::string_view, 3> kModeNames{"fall", "settle", "both"};
constexpr std::array<std::string_view, 3> kSpatterModes{"rain", "mud", "any"};

op::Fog fog(double density, double patchiness, double horizon, const Stream& stream) {
  const double grey = stream.uniform("airlight", 0.75, 0.95);
  op::Fog op{density, patchiness, horizon, {}, stream.bits("seed")};
  for (std::size_t i = 0; i < 3; ++i)
    op.airlight[i] = grey + stream.split("tint", i).uniform("tint", -0.02, 0.02);
  return op;
}

}  // namespace

void Rain::draw(Draft& draft, const Stream& stream) const {
  const double a = stream.uniform("amount", amount.low, amount.high);
  if (a > 0)
    draft.append(op::Rain{a, stream.uniform("slant", slant.low, slant.high),
                          stream.uniform("length", length.low, length.high),
                          stream.uniform("width", width.low, width.high),
                          stream.uniform("dim", dim.low, dim.high), stream.bits("seed")});
}
void Rain::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", "0 to 1, or drizzle, heavy, torrent", kRainAmounts}, amount);
  visit({"slant", {-80, 80}, "degrees", "from the vertical"}, slant);
  visit({"length", {0, 10}, "", "times the usual streak length"}, length);
  visit({"width", {0, 10}, "", "times the usual streak width"}, width);
  visit({"dim", {0, 4}, "", "times the usual dimming"}, dim);
  visit_chance(visit, p);
}

void Snow::draw(Draft& draft, const Stream& stream) const {
  const double a = stream.uniform("amount", amount.low, amount.high);
  if (a <= 0) return;
  if (mode != Mode::Fall) draft.append(op::SnowSettle{a});
  if (mode != Mode::Settle)
    draft.append(op::SnowFall{a, stream.uniform("wind", wind.low, wind.high), stream.bits("seed")});
}
void Snow::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", ""}, amount);
  visit.choice({"mode", {}, "", "flakes in the air, snow on the ground, or both"}, mode, kModeNames);
  visit({"wind", {-80, 80}, "degrees", "from the vertical"}, wind);
  visit_chance(visit, p);
}

void Fog::draw(Draft& draft, const Stream& stream) const {
  const double d = stream.uniform("density", density.low, density.high);
  if (d > 0)
    draft.append(fog(3 * d, stream.uniform("patchiness", patchiness.low, patchiness.high),
                     stream.uniform("horizon", 0.25, 0.45), stream));
}
void Fog::fields(FieldVisitor& visit) {
  visit({"density", {0, 1}, "", "1 is an optical depth of 3 at the horizon"}, density);
  visit({"patchiness", {0, 1}, "", "0 is even"}, patchiness);
  visit_chance(visit, p);
}

void Haze::draw(Draft& draft, const Stream& stream) const {
  const double d = stream.uniform("density", density.low, density.high);
  if (d > 0) draft.append(fog(d, 0, -1, stream));
}
void Haze::fields(FieldVisitor& visit) {
  visit({"density", {0, 10}, "", "optical depth"}, density);
  visit_chance(visit, p);
}

void Dust::draw(Draft& draft, const Stream& stream) const {
  const double a = stream.uniform("amount", amount.low, amount.high);
  if (a <= 0) return;
  draft.append(op::Fog{a, 0.3, -1, {.78, .70, .55}, stream.bits("veil")});
  draft.append(op::Specks{.count = 250 * a, .opacity = 0.7, .seed = stream.bits("specks")});
}
void Dust::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", ""}, amount);
  visit_chance(visit, p);
}

void Spatter::draw(Draft& draft, const Stream& stream) const {
  const bool mud = mode == Mode::Any ? stream.chance("mud", 0.5) : mode == Mode::Mud;
  draft.append(op::Spatter{mud ? op::Spatter::Mode::Mud : op::Spatter::Mode::Rain,
                           stream.uniform("amount", amount.low, amount.high),
                           stream.uniform("size", size.low, size.high), mud ? 0.9 : 0.8,
                           stream.bits("seed")});
}
void Spatter::fields(FieldVisitor& visit) {
  visit.choice({"mode", {}, "", "rain, mud, or either"}, mode, kSpatterModes);
  visit({"amount", {0, 1}, "", "share covered"}, amount);
  visit({"size", {0.001, 1}, "of the short side", "of a drop"}, size);
  visit_chance(visit, p);
}

void Frost::draw(Draft& draft, const Stream& stream) const {
  const double a = stream.uniform("amount", amount.low, amount.high);
  if (a > 0) draft.append(op::Frost{1 - 0.4 * a, 0.3 + 0.45 * a, stream.bits("seed")});
}
void Frost::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", ""}, amount);
  visit_chance(visit, p);
}

void Gravel::draw(Draft& draft, const Stream& stream) const {
  const double s = std::min(draft.size().height, draft.size().width);
  op::Gravel gravel{{}, stream.bits("seed")};
  const int n = stream.integer("patches", patches.low, patches.high);
  for (int i = 0; i < n; ++i) {
    const Stream one = stream.split("patch", static_cast<std::uint64_t>(i));
    gravel.patches.insert(gravel.patches.end(),
                          {one.uniform("x") * draft.size().width, one.uniform("y") * draft.size().height,
                           one.uniform("radius", radius.low, radius.high) * s});
  }
  if (n > 0) draft.append(std::move(gravel));
}
void Gravel::fields(FieldVisitor& visit) {
  visit({"patches", {0, 100}, "", ""}, patches);
  visit({"radius", {0.001, 2}, "of the short side", "of a patch"}, radius);
  visit_chance(visit, p);
}

void Clouds::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Clouds{stream.uniform("amount", amount.low, amount.high),
                          stream.uniform("scale", scale.low, scale.high), stream.bits("seed")});
}
void Clouds::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", "share covered"}, amount);
  visit({"scale", {0.01, 10}, "of the short side", "of a cloud"}, scale);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
