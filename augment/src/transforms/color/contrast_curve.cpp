#include "doppel/augment/transforms/color/contrast_curve.h"

#include <array>
#include <string_view>

#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 2> kShapes{"sigmoid", "log"};

}  // namespace

void ContrastCurve::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Contour{shape, stream.uniform("gain", gain.low, gain.high),
                           stream.uniform("cutoff", cutoff.low, cutoff.high)});
}
void ContrastCurve::fields(FieldVisitor& visit) {
  visit.choice({"shape", {}, "", "which curve"}, shape, kShapes);
  visit({"gain", {0, 100}, "", "steepness (log: 0.8 to 1.2 is usual)"}, gain);
  visit({"cutoff", {0, 1}, "", "the sigmoid's middle"}, cutoff);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
