#include "doppel/augment/transforms/weather/snow.h"

#include <array>
#include <string_view>

#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 3> kModeNames{"fall", "settle", "both"};

}  // namespace

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

}  // namespace doppel::augment
