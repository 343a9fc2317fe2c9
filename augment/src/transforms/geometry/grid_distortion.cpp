#include "doppel/augment/transforms/geometry/grid_distortion.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

/// Places of steps + 1 lines from 0 to 1.
std::vector<double> grid_lines(const Stream& stream, int steps, double limit) {
  std::vector<double> line{0};
  for (int i = 0; i < steps; ++i)
    line.push_back(line.back() + 1 +
                   stream.split("line", static_cast<std::uint64_t>(i)).uniform("width", -limit, limit));
  for (double& v : line) v /= line[static_cast<std::size_t>(steps)];
  return line;
}

}  // namespace

void GridDistortion::draw(Draft& draft, const Stream& stream) const {
  if (limit <= 0) return;
  const std::vector<double> x = grid_lines(stream.split("x"), steps, limit),
                            y = grid_lines(stream.split("y"), steps, limit);
  op::Mesh mesh{.rows = steps + 1, .cols = steps + 1, .fill = fill, .filter = filter};
  for (int r = 0; r <= steps; ++r)
    for (int c = 0; c <= steps; ++c) {
      mesh.dx.push_back((x[static_cast<std::size_t>(c)] - double(c) / steps) * draft.size().width);
      mesh.dy.push_back((y[static_cast<std::size_t>(r)] - double(r) / steps) * draft.size().height);
    }
  draft.append(std::move(mesh));
}
void GridDistortion::fields(FieldVisitor& visit) {
  visit({"steps", {1, 64}, "", "cells a side"}, steps);
  visit({"limit", {0, 0.9}, "", "most change of a cell"}, limit);
  visit({"fill", {}, "", "what shows beyond the image; in masks the recipe's mask_fill"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
