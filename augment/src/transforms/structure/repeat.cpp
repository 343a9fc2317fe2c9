#include "doppel/augment/transforms/structure/repeat.h"

#include <cstdint>

#include "transforms/chance_field.h"

namespace doppel::augment {

void Repeat::draw(Draft& draft, const Stream& stream) const {
  const int n = stream.integer("times", times.low, times.high);
  for (int turn = 0; turn < n; ++turn)
    draw_all(what, draft, stream.split("turn", static_cast<std::uint64_t>(turn)));
}
void Repeat::fields(FieldVisitor& visit) {
  visit({"times", {0, 100}, "", "how often"}, times);
  visit({"do", {}, "", "the parts"}, what);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
