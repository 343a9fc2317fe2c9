#include "doppel/augment/transforms/blur/defocus_blur.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void DefocusBlur::draw(Draft& draft, const Stream& stream) const {
  const double r = stream.uniform("radius", radius.low, radius.high);
  if (r > 0) draft.append(op::DiscBlur{r, stream.uniform("alias", alias.low, alias.high)});
}
void DefocusBlur::fields(FieldVisitor& visit) {
  visit({"radius", {0, 200}, "pixels", ""}, radius);
  visit({"alias", {0, 100}, "pixels", "Gaussian that softens the edge"}, alias);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
