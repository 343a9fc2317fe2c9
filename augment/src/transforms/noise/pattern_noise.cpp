#include "doppel/augment/transforms/noise/pattern_noise.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 6> kPatterns{"stripes", "square",  "checker",
                                                    "moire",   "banding", "any"};

}  // namespace

void PatternNoise::draw(Draft& draft, const Stream& stream) const {
  const int which = pattern == Kind::Any ? stream.integer("pattern", 0, 4) : static_cast<int>(pattern);
  const double s = std::min(draft.size().height, draft.size().width),
               a = stream.uniform("amplitude", amplitude.low, amplitude.high);
  const double length = std::max(2.0, stream.uniform("period", period.low, period.high) * s);
  if (a <= 0) return;
  if (which == 4)
    draft.append(
        op::RowNoise{.std = a, .height = std::max(2, static_cast<int>(length)), .seed = stream.bits("seed")});
  else
    draft.append(op::Pattern{static_cast<op::Pattern::Kind>(which), a, length,
                             stream.uniform("angle", angle.low, angle.high), stream.uniform("phase")});
}
void PatternNoise::fields(FieldVisitor& visit) {
  visit.choice({"pattern", {}, "", "any: one of them at random"}, pattern, kPatterns);
  visit({"amplitude", {0, 1}, "of the full range", ""}, amplitude);
  visit({"period", {0.001, 10}, "of the short side", ""}, period);
  visit({"angle", {}, "degrees", ""}, angle);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
