#include "doppel/augment/transforms/crop/random_scale.h"

#include "base/exact_math.h"
#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void RandomScale::draw(Draft& draft, const Stream& stream) const {
  const double f = exact::exp(stream.uniform("factor", exact::log(factor.low), exact::log(factor.high)));
  resize_to(draft, scaled(draft.size(), f), filter);
}
void RandomScale::fields(FieldVisitor& visit) {
  visit({"factor", {0.001, 1000}, "", "log-uniform"}, factor);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
