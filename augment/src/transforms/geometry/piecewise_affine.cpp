#include "doppel/augment/transforms/geometry/piecewise_affine.h"

#include "transforms/chance_field.h"
#include "transforms/control_points.h"

namespace doppel::augment {

void PiecewiseAffine::draw(Draft& draft, const Stream& stream) const {
  const double deviation = stream.uniform("limit", limit.low, limit.high);
  if (deviation > 0) append_nodes(draft, stream, grid, deviation, op::Mesh::Between::Triangles, fill, filter);
}
void PiecewiseAffine::fields(FieldVisitor& visit) {
  visit({"grid", {1, 64}, "", "cells a side"}, grid);
  visit({"limit", {0, 0.24}, "of a cell", "deviation of a node"}, limit);
  visit({"fill", {}, "", "what shows beyond the image; in masks the recipe's mask_fill"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
