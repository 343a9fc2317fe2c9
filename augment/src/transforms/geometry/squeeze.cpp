#include "doppel/augment/transforms/geometry/squeeze.h"

#include <array>

#include "transforms/chance_field.h"
#include "transforms/sampling.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 2> kOf{"image", "view"};

}  // namespace

void Squeeze::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const auto factor = [&](const char* purpose, const Range& range) {
    const double drawn = stream.uniform(purpose, range.low, range.high);
    return of == Of::View ? 1 / drawn : drawn;
  };
  const Matrix3 map = translation(now.width / 2.0, now.height / 2.0) *
                      scaling(factor("x", x), factor("y", y)) *
                      translation(-now.width / 2.0, -now.height / 2.0);
  warp(draft, map, now, fill, filter);
}
void Squeeze::fields(FieldVisitor& visit) {
  visit({"x", {0.01, 100}, "", "factor of the width"}, x);
  visit({"y", {0.01, 100}, "", "factor of the height"}, y);
  visit.choice({"of", {}, "", "what they are factors of: of a view, 2 shows twice as much"}, of, kOf);
  visit_sampling(visit, fill, filter);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
