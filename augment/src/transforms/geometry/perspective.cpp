#include "doppel/augment/transforms/geometry/perspective.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "transforms/chance_field.h"
#include "transforms/sampling.h"

namespace doppel::augment {

namespace {

using Corners = std::array<Point, 4>;

bool is_convex(const Corners& c) {
  for (std::size_t i = 0; i < 4; ++i) {
    const Point a = c[i], b = c[(i + 1) % 4], d = c[(i + 2) % 4];
    if ((b.x - a.x) * (d.y - b.y) - (b.y - a.y) * (d.x - b.x) <= 0) return false;
  }
  return true;
}

/// Nearer to the corners until no horizon runs through the image.
void make_convex(const Corners& corners, Corners& moved) {
  while (!is_convex(moved))
    for (std::size_t i = 0; i < 4; ++i) {
      moved[i].x = corners[i].x + 0.8 * (moved[i].x - corners[i].x);
      moved[i].y = corners[i].y + 0.8 * (moved[i].y - corners[i].y);
    }
}

}  // namespace

void Perspective::draw(Draft& draft, const Stream& stream) const {
  const double w = draft.size().width, h = draft.size().height;
  const double most = 2 * stream.uniform("distortion", distortion.low, distortion.high);
  const Corners corners{{{0, 0}, {w, 0}, {w, h}, {0, h}}};
  Corners moved = corners;
  for (std::size_t i = 0; i < 4; ++i) {
    const Stream corner = stream.split("corner", i);
    // At least half a pixel inwards: interpolation reads no further than that beyond what it shows.
    moved[i].x += (corners[i].x > 0 ? -1 : 1) * std::max(0.5, w * corner.uniform("x", 0, most));
    moved[i].y += (corners[i].y > 0 ? -1 : 1) * std::max(0.5, h * corner.uniform("y", 0, most));
  }
  if (most == 0) return;
  make_convex(corners, moved);
  const auto side = [](Point a, Point b) {
    return std::sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
  };
  Size out = draft.size();
  if (!keep_size)
    out = {std::max(1, static_cast<int>((side(moved[0], moved[3]) + side(moved[1], moved[2])) / 2 + 0.5)),
           std::max(1, static_cast<int>((side(moved[0], moved[1]) + side(moved[3], moved[2])) / 2 + 0.5))};
  const double ow = out.width, oh = out.height;
  const std::array<Point, 4> frame{{{0, 0}, {ow, 0}, {ow, oh}, {0, oh}}};
  const Matrix3 map = border == Border::None ? quad_to_quad(moved, frame)
                                             : scaling(ow / w, oh / h) * quad_to_quad(corners, moved);
  warp(draft, map, out, fill, filter);
}
void Perspective::fields(FieldVisitor& visit) {
  static constexpr std::array<std::string_view, 2> kBorderNames{"none", "fill"};
  visit({"distortion", {0, 0.24}, "of the side", "mean share by which corners move"}, distortion);
  visit.choice({"border", {}, "", "none: cut to what is seen; fill: show all and fill around"}, border,
               kBorderNames);
  visit({"keep_size", {}, "", "the result is as large as the image"}, keep_size);
  visit_sampling(visit, fill, filter);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
