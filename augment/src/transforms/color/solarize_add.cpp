#include "doppel/augment/transforms/color/solarize_add.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void SolarizeAdd::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Solarize{op::Solarize::Mode::Add,
                            stream.uniform("threshold", threshold.low, threshold.high),
                            stream.uniform("amount", amount.low, amount.high)});
}
void SolarizeAdd::fields(FieldVisitor& visit) {
  visit({"amount", {-1, 1}, "of the full range", "added"}, amount);
  visit({"threshold", {0, 1}, "of the full range", ""}, threshold);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
