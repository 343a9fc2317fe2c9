#include "doppel/augment/transforms/flip/dihedral.h"

#include "transforms/append_dihedral.h"
#include "transforms/chance_field.h"

namespace doppel::augment {

void Dihedral::draw(Draft& draft, const Stream& stream) const {
  append_dihedral(draft, stream.integer("element", 0, 7));
}
void Dihedral::fields(FieldVisitor& visit) { visit_chance(visit, p); }

}  // namespace doppel::augment
