#include "doppel/augment/transforms/blur/anisotropic_blur.h"

#include <algorithm>

#include "transforms/chance_field.h"

namespace doppel::augment {

void AnisotropicBlur::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::EllipseBlur{std::max(0.01, stream.uniform("sigma_x", sigma_x.low, sigma_x.high)),
                               std::max(0.01, stream.uniform("sigma_y", sigma_y.low, sigma_y.high)),
                               stream.uniform("angle", angle.low, angle.high)});
}
void AnisotropicBlur::fields(FieldVisitor& visit) {
  visit({"sigma_x", {0, 100}, "pixels", "along the angle"}, sigma_x);
  visit({"sigma_y", {0, 100}, "pixels", "across"}, sigma_y);
  visit({"angle", {}, "degrees", ""}, angle);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
