#include "doppel/augment/transforms/quality/interlace.h"

#include <cmath>

#include "transforms/chance_field.h"

namespace doppel::augment {

void Interlace::draw(Draft& draft, const Stream& stream) const {
  const double by = stream.uniform("shift", shift.low, shift.high) * draft.size().width;
  const int pixels = static_cast<int>(std::lround(stream.chance("left", 0.5) ? -by : by));
  if (pixels != 0) draft.append(op::Interlace{pixels});
}
void Interlace::fields(FieldVisitor& visit) {
  visit({"shift", {0, 1}, "of the width", "of the odd rows, to either side"}, shift);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
