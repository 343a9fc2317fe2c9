#include "doppel/augment/transforms/weather.h"

#include "chance_field.h"

namespace doppel::augment {
namespace {

constexpr Bounds kShare{0, 1};
constexpr std::array<NamedRange, 3> kRainAmounts{
    {{"drizzle", {0.2, 0.2}}, {"heavy", {0.6, 0.6}}, {"torrent", {1, 1}}}};

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
  visit({"amount", kShare, "", "0 to 1, or drizzle, heavy, torrent", kRainAmounts}, amount);
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
  static constexpr std::array<std::string_view, 3> kModeNames{"fall", "settle", "both"};
  visit({"amount", kShare, "", ""}, amount);
  visit.choice({"mode", {}, "", "flakes in the air, snow on the ground, or both"}, mode, kModeNames);
  visit({"wind", {-80, 80}, "degrees", "from the vertical"}, wind);
  visit_chance(visit, p);
}

void Fog::draw(Draft& draft, const Stream& stream) const {
  const double d = stream.uniform("density", density.low, density.high);
  if (d <= 0) return;
  const double grey = stream.uniform("airlight", 0.75, 0.95);
  op::Fog fog{3 * d,
              stream.uniform("patchiness", patchiness.low, patchiness.high),
              stream.uniform("horizon", 0.25, 0.45),
              {},
              stream.bits("seed")};
  for (std::size_t i = 0; i < 3; ++i)
    fog.airlight[i] = grey + stream.split("tint", i).uniform("tint", -0.02, 0.02);
  draft.append(fog);
}
void Fog::fields(FieldVisitor& visit) {
  visit({"density", kShare, "", "1 is an optical depth of 3 at the horizon"}, density);
  visit({"patchiness", kShare, "", "0 is even"}, patchiness);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
