#include "doppel/augment/transforms/geometry/translate.h"

#include <array>
#include <cmath>

#include "transforms/chance_field.h"
#include "transforms/sampling.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 2> kUnits{"share", "pixels"};

}  // namespace

void Translate::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const auto shift = [&](const char* purpose, const Range& range, int side) {
    const double drawn = stream.uniform(purpose, range.low, range.high) * (unit == Unit::Share ? side : 1);
    return whole ? std::round(drawn) : drawn;
  };
  warp(draft, translation(shift("x", x, now.width), shift("y", y, now.height)), now, fill, filter);
}

void Translate::fields(FieldVisitor& visit) {
  visit({"x", {-1e6, 1e6}, "of the width, or pixels", "to the right"}, x);
  visit({"y", {-1e6, 1e6}, "of the height, or pixels", "down"}, y);
  visit.choice({"unit", {}, "", "what x and y are in"}, unit, kUnits);
  visit({"whole", {}, "", "by whole pixels only"}, whole);
  visit_sampling(visit, fill, filter);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
