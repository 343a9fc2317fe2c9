#include "doppel/augment/transforms/geometry/elastic.h"

#include <algorithm>

#include "transforms/chance_field.h"
#include "transforms/control_points.h"

namespace doppel::augment {

void Elastic::draw(Draft& draft, const Stream& stream) const {
  const double unit = short_side(draft) / 256.0, a = stream.uniform("alpha", alpha.low, alpha.high) * unit;
  // Displacements of pixels: smoothing over fewer pixels leaves more of the noise, so alpha scales twice.
  if (a > 0)
    draft.append(op::Elastic{a * unit, std::max(0.5, stream.uniform("sigma", sigma.low, sigma.high) * unit),
                             stream.bits("seed"), fill, filter});
}
void Elastic::fields(FieldVisitor& visit) {
  visit({"alpha", {0, 10000}, "pixels at 256", "strength"}, alpha);
  visit({"sigma", {1, 1000}, "pixels at 256", "smoothness"}, sigma);
  visit({"fill", {}, "", "what shows beyond the image; in masks the recipe's mask_fill"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
