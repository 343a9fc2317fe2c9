#include "doppel/augment/transforms/color/gamma.h"

#include <string_view>

#include "base/exact_math.h"
#include "transforms/chance_field.h"

namespace doppel::augment {

void Gamma::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Gamma{draw_log(stream, "gamma", gamma)});
}
void Gamma::fields(FieldVisitor& visit) {
  visit({"gamma", {0.01, 100}, "", "below 1 brightens"}, gamma);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
