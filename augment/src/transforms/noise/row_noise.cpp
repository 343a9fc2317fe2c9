#include "doppel/augment/transforms/noise/row_noise.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void RowNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::RowNoise{.std = stream.uniform("std", std.low, std.high),
                            .columns = stream.uniform("columns", columns.low, columns.high),
                            .seed = stream.bits("seed")});
}
void RowNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 1}, "of the full range", "of rows"}, std);
  visit({"columns", {0, 1}, "of the full range", "of columns"}, columns);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
