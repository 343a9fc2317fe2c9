#include "doppel/augment/transforms/noise/film_grain.h"

#include <algorithm>

#include "transforms/chance_field.h"

namespace doppel::augment {

void FilmGrain::draw(Draft& draft, const Stream& stream) const {
  const double s = std::min(draft.size().height, draft.size().width);
  draft.append(op::FilmGrain{std::max(1.0, stream.uniform("size", size.low, size.high) * s),
                             stream.uniform("std", std.low, std.high), stream.bits("seed")});
}
void FilmGrain::fields(FieldVisitor& visit) {
  visit({"size", {0.0001, 1}, "of the short side", "of a grain, at least a pixel"}, size);
  visit({"std", {0, 1}, "of the full range", ""}, std);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
