#include "doppel/augment/plan/ops/geometry.h"

#include "doppel/base/error.h"
#include "field_lists.h"

namespace doppel::augment::op {
namespace {

constexpr std::array<std::string_view, 3> kAxisNames{"horizontal", "vertical", "diagonal"};

}  // namespace

void Crop::fields(FieldVisitor& visit) {
  visit({"x", {}, "pixels", "left edge"}, x);
  visit({"y", {}, "pixels", "upper edge"}, y);
  visit({"size", kSize, "pixels", "height and width"}, size);
}
void Flip::fields(FieldVisitor& visit) {
  visit.choice({"axis", {}, "", "which coordinate is mirrored"}, axis, kAxisNames);
}
void Warp::fields(FieldVisitor& visit) {
  visit_array(visit, {"map", {}, "", "3x3 matrix, input to output"}, map.m);
  visit({"size", kSize, "pixels", "height and width"}, size);
  visit({"fill", {}, "", "what shows beyond the source"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
}
void Resize::fields(FieldVisitor& visit) {
  visit({"size", kSize, "pixels", "height and width"}, size);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
}
void Pad::fields(FieldVisitor& visit) {
  visit({"left", {0, 1 << 20}, "pixels", ""}, left);
  visit({"right", {0, 1 << 20}, "pixels", ""}, right);
  visit({"top", {0, 1 << 20}, "pixels", ""}, top);
  visit({"bottom", {0, 1 << 20}, "pixels", ""}, bottom);
  visit({"fill", {}, "", "what the new pixels show"}, fill);
}
void Tiles::fields(FieldVisitor& visit) {
  visit({"rows", {1, 256}, "", ""}, rows);
  visit({"cols", {1, 256}, "", ""}, cols);
  visit({"order", {0, 65535}, "", "which tile comes to each place, row by row"}, order);
  if (!order.empty() && order.size() != static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols))
    throw UsageError("Tiles: order needs rows x cols numbers");
}

}  // namespace doppel::augment::op
