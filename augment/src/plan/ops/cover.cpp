#include "doppel/augment/plan/ops/cover.h"

#include "doppel/base/error.h"
#include "field_lists.h"

namespace doppel::augment::op {
namespace {

constexpr std::array<std::string_view, 3> kShapeNames{"ellipse", "stroke", "triangle"};

}  // namespace

void Cover::fields(FieldVisitor& visit) {
  visit({"holes", {0, 1 << 20}, "pixels", "x, y, width, height of each"}, holes);
  visit.choice({"fill", {}, "", "what covers"}, fill, kCoverFillNames);
  visit_array(visit, {"color", kShare, "of the full range", "for fill: color"}, color);
  visit({"seed", {}, "", "for fill: noise"}, seed);
  if (holes.size() % 4 != 0) throw UsageError("Cover: holes need four numbers each: x, y, width, height");
}
void Shapes::fields(FieldVisitor& visit) {
  visit.choice({"shape", {}, "", "shape"}, shape, kShapeNames);
  visit({"shapes", {}, "pixels", "numbers of each, in turn"}, shapes);
  visit_array(visit, {"color", kShare, "of the full range", "that covers"}, color);
  visit({"dx", {}, "pixels", "0 and 0: the colour"}, dx);
  visit({"dy", {}, "pixels", ""}, dy);
  if (shapes.size() % stride() != 0) throw UsageError("Shapes: the list of numbers ends within a shape");
}
void CoverGrid::fields(FieldVisitor& visit) {
  visit({"unit", {1, 1e6}, "pixels", "cell"}, unit);
  visit({"ratio", kShare, "", "side of the hole over the cell"}, ratio);
  visit({"angle", {}, "degrees", ""}, angle);
  visit({"x", {}, "pixels", "offset"}, x);
  visit({"y", {}, "pixels", "offset"}, y);
  visit_array(visit, {"color", kShare, "of the full range", "that covers"}, color);
}

}  // namespace doppel::augment::op
