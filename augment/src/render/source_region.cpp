#include <algorithm>
#include <array>
#include <cmath>

#include "doppel/augment/render/render.h"
#include "render/sampling/sampler.h"

namespace doppel::augment {
namespace {

/// Pixels [first, last) along one axis, of which those beyond the edges are read by the border's rule.
struct Span {
  int first, last;
};

/// Empty where the rule reaches anywhere.
std::optional<Span> inside(Span read, int size, Fill::Kind border) {
  const int before = std::max(0, -read.first), after = std::max(0, read.last - size);
  if (before > 0 || after > 0) {
    if (border == Fill::Kind::Wrap || before >= size || after >= size) return std::nullopt;
    // What is mirrored at an edge lies as far inside as the reader is outside; the edge's own pixel belongs
    // to every rule.
    if (before > 0) read.last = std::max(read.last, before + 1);
    if (after > 0) read.first = std::min(read.first, size - after - 1);
  }
  return Span{std::clamp(read.first, 0, size - 1), std::clamp(read.last, 1, size)};
}

}  // namespace

int source_halvings(const Plan& plan) {
  const std::span<const Op> ops(plan.ops);
  const GeometryRun run = geometry_run(ops, 0, plan.source);
  if (run.count == 0 || run.bends || run.filter == Filter::Nearest || run.size.width < 1 ||
      run.size.height < 1)
    return 0;
  const Path path(ops.first(run.count), plan.source);
  const Matrix3* back = path.matrix();
  if (!back) return 0;
  if (!shrinks_straight(*back)) return halvings(path, run.size);
  // Of two halved pixels to one, areas make nearly what they would of the whole; of fewer they would blur.
  const double least = std::min(std::abs(back->m[0]), std::abs(back->m[4])) / 2;
  return least < 2 ? 0 : static_cast<int>(std::min(16.0, std::floor(std::log2(least))));
}

cv::Rect source_region(const Plan& plan) {
  const Size size = plan.source;
  const cv::Rect whole(0, 0, size.width, size.height);
  const std::span<const Op> ops(plan.ops);
  const GeometryRun run = geometry_run(ops, 0, size);
  if (run.count == 0 || run.bends || run.size.width < 1 || run.size.height < 1) return whole;
  const Path path(ops.first(run.count), size);
  const Matrix3* back = path.matrix();
  if (!back) return whole;
  // Where it is halved first, it is halved as a whole.
  if (!shrinks_straight(*back) && halvings(path, run.size) > 0) return whole;
  const auto& m = back->m;
  const double w = run.size.width, h = run.size.height;
  double x0 = 1e9, x1 = -1e9, y0 = 1e9, y1 = -1e9;
  for (const Point corner : std::array<Point, 4>{{{0, 0}, {w, 0}, {0, h}, {w, h}}}) {
    // Beyond a perspective's horizon a corner says nothing about what lies between.
    if (!(m[6] * corner.x + m[7] * corner.y + m[8] > 1e-6)) return whole;
    const Point at = (*back)(corner);
    if (!(std::abs(at.x) < 1e8 && std::abs(at.y) < 1e8)) return whole;
    x0 = std::min(x0, at.x), x1 = std::max(x1, at.x);
    y0 = std::min(y0, at.y), y1 = std::max(y1, at.y);
  }
  // Bilinear reading reaches one pixel further, bicubic two; and rounding.
  constexpr int kMargin = 3;
  const auto columns =
      inside({static_cast<int>(std::floor(x0)) - kMargin, static_cast<int>(std::ceil(x1)) + kMargin},
             size.width, run.fill.kind);
  const auto rows =
      inside({static_cast<int>(std::floor(y0)) - kMargin, static_cast<int>(std::ceil(y1)) + kMargin},
             size.height, run.fill.kind);
  if (!columns || !rows) return whole;
  return cv::Rect(columns->first, rows->first, columns->last - columns->first, rows->last - rows->first) &
         whole;
}

}  // namespace doppel::augment
