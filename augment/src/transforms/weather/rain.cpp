#include "doppel/augment/transforms/weather/rain.h"

#include <array>

#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

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
  visit({"amount", {0, 1}, "", "0 to 1, or drizzle, heavy, torrent", kRainAmounts}, amount);
  visit({"slant", {-80, 80}, "degrees", "from the vertical"}, slant);
  visit({"length", {0, 10}, "", "times the usual streak length"}, length);
  visit({"width", {0, 10}, "", "times the usual streak width"}, width);
  visit({"dim", {0, 4}, "", "times the usual dimming"}, dim);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
