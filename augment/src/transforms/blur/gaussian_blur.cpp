#include "doppel/augment/transforms/blur/gaussian_blur.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void GaussianBlur::draw(Draft& draft, const Stream& stream) const {
  const double drawn = stream.uniform("sigma", sigma.low, sigma.high);
  if (drawn > 0) draft.append(op::GaussianBlur{drawn});
}
void GaussianBlur::fields(FieldVisitor& visit) {
  visit({"sigma", {0, 1000}, "pixels", ""}, sigma);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
