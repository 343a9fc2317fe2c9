#include "doppel/augment/transforms/bend.h"

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 2> kLensModels{"radial", "fisheye"};

double short_side(const Draft& draft) { return std::min(draft.size().height, draft.size().width); }

/// Places of steps + 1 lines from 0 to 1.
std::vector<double> grid_lines(const Stream& stream, int steps, double limit) {
  std::vector<double> line{0};
  for (int i = 0; i < steps; ++i)
    line.push_back(line.back() + 1 +
                   stream.split("line", static_cast<std::uint64_t>(i)).uniform("width", -limit, limit));
  for (double& v : line) v /= line[static_cast<std::size_t>(steps)];
  return line;
}

/// A mesh whose nodes read from N(0, deviation) cells away, at most a quarter of one (so that triangles don't
/// turn over).
void append_nodes(Draft& draft, const Stream& stream, int grid, double deviation, op::Mesh::Between between,
                  const Fill& fill, Filter filter) {
  op::Mesh mesh{.rows = grid + 1, .cols = grid + 1, .between = between, .fill = fill, .filter = filter};
  const double cell_x = double(draft.size().width) / grid, cell_y = double(draft.size().height) / grid;
  for (int i = 0; i < (grid + 1) * (grid + 1); ++i) {
    const Stream node = stream.split("node", static_cast<std::uint64_t>(i));
    mesh.dx.push_back(std::clamp(node.normal("x", 0, deviation), -0.24, 0.24) * cell_x);
    mesh.dy.push_back(std::clamp(node.normal("y", 0, deviation), -0.24, 0.24) * cell_y);
  }
  draft.append(std::move(mesh));
}

}  // namespace

void Elastic::draw(Draft& draft, const Stream& stream) const {
  const double unit = short_side(draft) / 256.0, a = stream.uniform("alpha", alpha.low, alpha.high) * unit;
  // Displacements of pixels: smoothing over fewer pixels leaves more of the noise, so alpha scales twice.
  if (a > 0)
    draft.append(op::Elastic{a * unit, std::max(0.5, stream.uniform("sigma", sigma.low, sigma.high) * unit),
                             stream.bits("seed"), fill, filter});
}
void Elastic::fields(FieldVisitor& visit) {
  visit({"alpha", {0, 10000}, "pixels at 256", "strength"}, alpha);
  visit({"sigma", {1, 1000}, "pixels at 256", "smoothness"}, sigma);
  visit({"fill", {}, "", "what shows beyond the picture"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

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
  visit({"fill", {}, "", "what shows beyond the picture"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void OpticalDistortion::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Lens{stream.uniform("k", k.low, k.high), model, fill, filter});
}
void OpticalDistortion::fields(FieldVisitor& visit) {
  visit({"k", {-0.9, 2}, "", "positive pulls the edges in"}, k);
  visit.choice({"model", {}, "", "how the radius grows"}, model, kLensModels);
  visit({"fill", {}, "", "what shows beyond the picture"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void PiecewiseAffine::draw(Draft& draft, const Stream& stream) const {
  const double deviation = stream.uniform("limit", limit.low, limit.high);
  if (deviation > 0) append_nodes(draft, stream, grid, deviation, op::Mesh::Between::Triangles, fill, filter);
}
void PiecewiseAffine::fields(FieldVisitor& visit) {
  visit({"grid", {1, 64}, "", "cells a side"}, grid);
  visit({"limit", {0, 0.24}, "of a cell", "deviation of a node"}, limit);
  visit({"fill", {}, "", "what shows beyond the picture"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void ThinPlateSpline::draw(Draft& draft, const Stream& stream) const {
  const double deviation = stream.uniform("limit", limit.low, limit.high);
  if (deviation > 0)
    append_nodes(draft, stream, grid, deviation * grid, op::Mesh::Between::Spline, fill, filter);
}
void ThinPlateSpline::fields(FieldVisitor& visit) {
  visit({"grid", {1, 15}, "", "cells a side"}, grid);
  visit({"limit", {0, 0.3}, "of the side", "deviation of a node"}, limit);
  visit({"fill", {}, "", "what shows beyond the picture"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void Swirl::draw(Draft& draft, const Stream& stream) const {
  const double s = short_side(draft);
  const double angle = stream.uniform("strength", strength.low, strength.high);
  if (angle != 0)
    draft.append(op::Swirl{stream.uniform("x", centre.low, centre.high) * draft.size().width,
                           stream.uniform("y", centre.low, centre.high) * draft.size().height, angle,
                           stream.uniform("radius", radius.low, radius.high) * s, fill, filter});
}
void Swirl::fields(FieldVisitor& visit) {
  visit({"strength", {-3600, 3600}, "degrees", "turn at the centre"}, strength);
  visit({"radius", {0.001, 10}, "of the short side", "where it ends"}, radius);
  visit({"centre", {-1, 2}, "of the sides", "x and y each"}, centre);
  visit({"fill", {}, "", "what shows beyond the picture"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void Wave::draw(Draft& draft, const Stream& stream) const {
  const double s = short_side(draft), a = stream.uniform("amplitude", amplitude.low, amplitude.high) * s;
  if (a > 0)
    draft.append(op::Wave{a, std::max(1.0, stream.uniform("wavelength", wavelength.low, wavelength.high) * s),
                          stream.uniform("direction", direction.low, direction.high),
                          stream.uniform("phase", 0, 360), fill, filter});
}
void Wave::fields(FieldVisitor& visit) {
  visit({"amplitude", {0, 1}, "of the short side", "of the shift"}, amplitude);
  visit({"wavelength", {0.01, 100}, "of the short side", "crest to crest"}, wavelength);
  visit({"direction", {}, "degrees", "of travel"}, direction);
  visit({"fill", {}, "", "what shows beyond the picture"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void Bulge::draw(Draft& draft, const Stream& stream) const {
  const double strong = stream.uniform("strength", strength.low, strength.high);
  if (strong != 0)
    draft.append(op::Bulge{stream.uniform("x", centre.low, centre.high) * draft.size().width,
                           stream.uniform("y", centre.low, centre.high) * draft.size().height,
                           stream.uniform("radius", radius.low, radius.high) * short_side(draft), strong,
                           fill, filter});
}
void Bulge::fields(FieldVisitor& visit) {
  visit({"strength", {-0.9, 0.9}, "", "positive bulges, negative pinches"}, strength);
  visit({"radius", {0.001, 10}, "of the short side", "where it ends"}, radius);
  visit({"centre", {-1, 2}, "of the sides", "x and y each"}, centre);
  visit({"fill", {}, "", "what shows beyond the picture"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
