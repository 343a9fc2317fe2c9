#include "doppel/augment/transforms/structure/one_of.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"
#include "transforms/parts.h"

namespace doppel::augment {

OneOf OneOf::with_chance(double chance) const {
  OneOf changed = *this;
  changed.p = chance;
  return changed;
}
void OneOf::draw(Draft& draft, const Stream& stream) const {
  std::vector<double> w = weights.empty() ? std::vector<double>(of.size(), 1.0) : weights;
  if (w.size() != of.size()) throw UsageError("OneOf: there must be as many weights as parts");
  const double total = std::accumulate(w.begin(), w.end(), 0.0);
  if (of.empty() || total <= 0) return;
  double ticket = stream.uniform("which", 0, total);
  std::size_t which = 0;
  while (which + 1 < of.size() && ticket >= w[which]) ticket -= w[which++];
  draw_part(of, which, 0, draft, stream);
}
void OneOf::fields(FieldVisitor& visit) {
  visit({"of", {}, "", "the parts"}, of);
  visit({"weights", {0, 1e9}, "", "one per part; empty: all alike"}, weights);
  visit_chance(visit, p);
  if (!weights.empty() && weights.size() != of.size())
    throw UsageError("OneOf: there must be as many weights as parts");
  if (!weights.empty() && std::accumulate(weights.begin(), weights.end(), 0.0) <= 0)
    throw UsageError("OneOf: the weights sum to 0, so no part could be chosen");
}

}  // namespace doppel::augment
