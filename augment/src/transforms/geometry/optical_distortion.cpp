#include "doppel/augment/transforms/geometry/optical_distortion.h"

#include <array>
#include <string_view>

#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 2> kLensModels{"radial", "fisheye"};

}  // namespace

void OpticalDistortion::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Lens{stream.uniform("k", k.low, k.high), model, fill, filter});
}
void OpticalDistortion::fields(FieldVisitor& visit) {
  visit({"k", {-0.9, 2}, "", "positive pulls the edges in"}, k);
  visit.choice({"model", {}, "", "how the radius grows"}, model, kLensModels);
  visit({"fill", {}, "", "what shows beyond the image; in masks the recipe's mask_fill"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
