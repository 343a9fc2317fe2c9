#include "doppel/augment/transforms/flip/rotate90.h"

#include "doppel/base/error.h"
#include "transforms/append_dihedral.h"
#include "transforms/chance_field.h"

namespace doppel::augment {

void Rotate90::draw(Draft& draft, const Stream& stream) const {
  if (times.empty()) return;
  const auto which = static_cast<std::size_t>(stream.integer("times", 0, static_cast<int>(times.size()) - 1));
  append_dihedral(draft, static_cast<int>(times[which]));
}
void Rotate90::fields(FieldVisitor& visit) {
  visit({"times", {0, 3}, "", "quarter turns to choose from"}, times);
  visit_chance(visit, p);
  if (times.empty()) throw UsageError("Rotate90: times names no quarter turns");
}

}  // namespace doppel::augment
