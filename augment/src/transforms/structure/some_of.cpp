#include "doppel/augment/transforms/structure/some_of.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "transforms/chance_field.h"
#include "transforms/parts.h"

namespace doppel::augment {

void SomeOf::draw(Draft& draft, const Stream& stream) const {
  const int wanted = stream.integer("n", n.low, n.high);
  const int count = static_cast<int>(of.size());
  if (replace) {
    for (int turn = 0; turn < wanted; ++turn)
      draw_part(of, static_cast<std::size_t>(stream.split("which", turn).integer("part", 0, count - 1)), turn,
                draft, stream);
    return;
  }
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  for (std::size_t i = 0; i < of.size(); ++i) order.emplace_back(stream.split("order", i).bits("key"), i);
  std::ranges::sort(order);
  order.resize(static_cast<std::size_t>(std::min(wanted, count)));
  std::ranges::sort(order, {}, &std::pair<std::uint64_t, std::size_t>::second);
  for (const auto& [key, which] : order) draw_part(of, which, 0, draft, stream);
}
void SomeOf::fields(FieldVisitor& visit) {
  visit({"n", {0, 1000}, "", "how many"}, n);
  visit({"of", {}, "", "the parts"}, of);
  visit({"replace", {}, "", "a part may be drawn more than once"}, replace);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
