#include "doppel/augment/transforms/quality/downscale.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Downscale::draw(Draft& draft, const Stream& stream) const {
  const double f = stream.uniform("factor", factor.low, factor.high);
  if (f < 1) draft.append(op::Downscale{f, down, up});
}
void Downscale::fields(FieldVisitor& visit) {
  visit({"factor", {0.001, 1}, "", ""}, factor);
  visit.choice({"down", {}, "", "how pixels are interpolated"}, down, kFilterNames);
  visit.choice({"up", {}, "", "how pixels are interpolated"}, up, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
