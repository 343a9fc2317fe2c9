#include "doppel/augment/transforms/color/pca_lighting.h"

#include <array>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"

namespace doppel::augment {

void PcaLighting::draw(Draft& draft, const Stream& stream) const {
  std::array<double, 3> shift{};
  for (std::size_t k = 0; k < 3; ++k) {
    const double alpha = stream.split("axis", k).normal("alpha", 0, sigma) * values[k];
    for (std::size_t c = 0; c < 3; ++c) shift[c] += vectors[3 * c + k] * alpha;
  }
  draft.append(op::ColorMatrix{{1, 0, 0, shift[0], 0, 1, 0, shift[1], 0, 0, 1, shift[2]}});
}
void PcaLighting::fields(FieldVisitor& visit) {
  visit({"sigma", {0, 10}, "", "deviation of the multiples"}, sigma);
  visit({"values", {0, 10}, "", "deviations along the axes"}, values);
  visit({"vectors", {-1, 1}, "", "rows r, g, b; a column for each axis"}, vectors);
  visit_chance(visit, p);
  if (values.size() != 3 || vectors.size() != 9)
    throw UsageError("PcaLighting: values needs 3 numbers and vectors 9");
}

}  // namespace doppel::augment
