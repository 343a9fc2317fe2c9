#include "doppel/augment/transforms/geometry/thin_plate_spline.h"

#include "transforms/chance_field.h"
#include "transforms/control_points.h"

namespace doppel::augment {

void ThinPlateSpline::draw(Draft& draft, const Stream& stream) const {
  const double deviation = stream.uniform("limit", limit.low, limit.high);
  if (deviation > 0)
    append_nodes(draft, stream, grid, deviation * grid, op::Mesh::Between::Spline, fill, filter);
}
void ThinPlateSpline::fields(FieldVisitor& visit) {
  visit({"grid", {1, 15}, "", "cells a side"}, grid);
  visit({"limit", {0, 0.3}, "of the side", "deviation of a node"}, limit);
  visit({"fill", {}, "", "what shows beyond the image; in masks the recipe's mask_fill"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
