#include "doppel/augment/transforms/color/sepia.h"

#include <array>

#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

/// identity + share · (matrix - identity).
std::array<double, 12> mixed(std::array<double, 12> matrix, double share) {
  for (std::size_t i = 0; i < 12; ++i) {
    const double same = i == 0 || i == 5 || i == 10 ? 1 : 0;
    matrix[i] = same + share * (matrix[i] - same);
  }
  return matrix;
}

}  // namespace

void Sepia::draw(Draft& draft, const Stream& stream) const {
  constexpr std::array<double, 12> kSepia{.393, .769, .189, 0, .349, .686, .168, 0, .272, .534, .131, 0};
  if (draft.channels() >= 3)
    draft.append(op::ColorMatrix{mixed(kSepia, stream.uniform("share", share.low, share.high))});
}
void Sepia::fields(FieldVisitor& visit) {
  visit({"share", {0, 1}, "", "of the tint"}, share);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
