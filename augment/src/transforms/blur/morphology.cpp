#include "doppel/augment/transforms/blur/morphology.h"

#include <array>
#include <string_view>

#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 3> kModes{"dilate", "erode", "any"};

}  // namespace

void Morphology::draw(Draft& draft, const Stream& stream) const {
  const bool dilates = mode == Mode::Any ? stream.chance("dilate", 0.5) : mode == Mode::Dilate;
  const double r = stream.uniform("radius", radius.low, radius.high);
  if (r > 0)
    draft.append(op::Morphology{dilates ? op::Morphology::Mode::Dilate : op::Morphology::Mode::Erode, r});
}
void Morphology::fields(FieldVisitor& visit) {
  visit.choice({"mode", {}, "", "dilate, erode, or either"}, mode, kModes);
  visit({"radius", {0, 200}, "pixels", ""}, radius);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
