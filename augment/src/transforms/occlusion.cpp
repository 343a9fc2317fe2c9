#include "doppel/augment/transforms/occlusion.h"

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 4> kShapes{"ellipse", "stroke", "triangle", "any"};
constexpr std::array<std::string_view, 3> kShapeFills{"color", "texture", "any"};

void add_rectangle(op::Cover& cover, int x, int y, int w, int h) {
  for (const int v : {x, y, w, h}) cover.holes.push_back(v);
}

/// A hole of the given shares of the picture at a drawn place; none where it is below half a pixel.
void add_hole(op::Cover& cover, Size now, double height, double width, const Stream& stream) {
  const int h = std::min(now.height, static_cast<int>(std::lround(height * now.height))),
            w = std::min(now.width, static_cast<int>(std::lround(width * now.width)));
  if (h < 1 || w < 1) return;
  add_rectangle(cover, stream.integer("x", 0, now.width - w), stream.integer("y", 0, now.height - h), w, h);
}

/// The pixels that a box touches.
void cover_box(op::Cover& cover, const Box& box, Size now) {
  const int x0 = std::clamp(static_cast<int>(std::floor(box.x0)), 0, now.width),
            x1 = std::clamp(static_cast<int>(std::ceil(box.x1)), 0, now.width);
  const int y0 = std::clamp(static_cast<int>(std::floor(box.y0)), 0, now.height),
            y1 = std::clamp(static_cast<int>(std::ceil(box.y1)), 0, now.height);
  if (x1 > x0 && y1 > y0) add_rectangle(cover, x0, y0, x1 - x0, y1 - y0);
}

}  // namespace

void CoarseDropout::draw(Draft& draft, const Stream& stream) const {
  op::Cover cover{{}, fill, color_of(color), stream.bits("seed")};
  const int count = stream.integer("holes", holes.low, holes.high);
  for (int i = 0; i < count; ++i) {
    const Stream one = stream.split("hole", static_cast<std::uint64_t>(i));
    add_hole(cover, draft.size(), one.uniform("height", height.low, height.high),
             one.uniform("width", width.low, width.high), one);
  }
  if (!cover.holes.empty()) draft.append(std::move(cover));
}
void CoarseDropout::fields(FieldVisitor& visit) {
  visit({"holes", {0, 1000}, "", "how many"}, holes);
  visit({"height", {0, 1}, "of the height", "of a hole"}, height);
  visit({"width", {0, 1}, "of the width", "of a hole"}, width);
  visit.choice({"fill", {}, "", "what covers"}, fill, kCoverFillNames);
  visit({"color", {0, 1}, "of the full range", "for fill: color; one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("CoarseDropout: color needs one value, or r, g, b");
}

void RandomErasing::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  for (std::uint64_t turn = 0; turn < 10; ++turn) {
    const Stream one = stream.split("try", turn);
    const double pixels = one.uniform("area", area.low, area.high) * now.height * now.width;
    const double aspect = exact::exp(one.uniform("ratio", exact::log(ratio.low), exact::log(ratio.high)));
    const int h = static_cast<int>(std::lround(std::sqrt(pixels * aspect))),
              w = static_cast<int>(std::lround(std::sqrt(pixels / aspect)));
    if (h < 1 || w < 1 || h > now.height || w > now.width) continue;
    op::Cover cover{{}, fill, color_of(color), stream.bits("seed")};
    add_rectangle(cover, one.integer("x", 0, now.width - w), one.integer("y", 0, now.height - h), w, h);
    draft.append(std::move(cover));
    return;
  }
}
void RandomErasing::fields(FieldVisitor& visit) {
  visit({"area", {0, 1}, "of the picture", ""}, area);
  visit({"ratio", {0.001, 1000}, "", "height over width, log-uniform"}, ratio);
  visit.choice({"fill", {}, "", "what covers"}, fill, kCoverFillNames);
  visit({"color", {0, 1}, "of the full range", "for fill: color; one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("RandomErasing: color needs one value, or r, g, b");
}

void GridDropout::draw(Draft& draft, const Stream& stream) const {
  const double s = std::min(draft.size().height, draft.size().width),
               cell = std::max(2.0, stream.uniform("unit", unit.low, unit.high) * s);
  draft.append(op::CoverGrid{cell, stream.uniform("ratio", ratio.low, ratio.high),
                             stream.uniform("angle", angle.low, angle.high), stream.uniform("x") * cell,
                             stream.uniform("y") * cell, color_of(color)});
}
void GridDropout::fields(FieldVisitor& visit) {
  visit({"unit", {0.001, 2}, "of the short side", "cell"}, unit);
  visit({"ratio", {0, 1}, "", "side of the hole over the cell"}, ratio);
  visit({"angle", {}, "degrees", ""}, angle);
  visit({"color", {0, 1}, "of the full range", "for fill: color; one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("GridDropout: color needs one value, or r, g, b");
}

void HideAndSeek::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  op::Cover cover{{}, fill, color_of(color), stream.bits("seed")};
  for (int i = 0; i < grid * grid; ++i) {
    if (!stream.split("cell", static_cast<std::uint64_t>(i)).chance("hide", share)) continue;
    const int c = i % grid, r = i / grid, x = c * now.width / grid, y = r * now.height / grid;
    const int w = (c + 1) * now.width / grid - x, h = (r + 1) * now.height / grid - y;
    if (w > 0 && h > 0) add_rectangle(cover, x, y, w, h);
  }
  if (!cover.holes.empty()) draft.append(std::move(cover));
}
void HideAndSeek::fields(FieldVisitor& visit) {
  visit({"grid", {1, 64}, "", "cells a side"}, grid);
  visit({"share", {0, 1}, "", "of the cells"}, share);
  visit.choice({"fill", {}, "", "what covers"}, fill, kCoverFillNames);
  visit({"color", {0, 1}, "of the full range", "for fill: color; one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("HideAndSeek: color needs one value, or r, g, b");
}

void ShapeOcclusion::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const double s = std::min(now.height, now.width);
  const int kind = shape == Shape::Any ? stream.integer("shape", 0, 2) : static_cast<int>(shape);
  op::Shapes op;
  op.shape = static_cast<op::Shapes::Kind>(kind);
  const int n = stream.integer("count", count.low, count.high);
  for (int i = 0; i < n; ++i) {
    const Stream one = stream.split("one", static_cast<std::uint64_t>(i));
    const double half = one.uniform("size", size.low, size.high) * s / 2, x = one.uniform("x") * now.width,
                 y = one.uniform("y") * now.height;
    const double turn = one.uniform("turn", 0, 6.28318530717958648), c = exact::cos(turn),
                 t = exact::sin(turn);
    if (kind == 0)
      op.shapes.insert(op.shapes.end(),
                       {x, y, half, half * one.uniform("flat", 0.4, 1), turn * 57.295779513082321});
    else if (kind == 1)
      op.shapes.insert(op.shapes.end(), {x - 2 * half * c, y - 2 * half * t, x + 2 * half * c,
                                         y + 2 * half * t, half * one.uniform("thick", 0.2, 0.6)});
    else
      for (int k = 0; k < 3; ++k) {
        const double angle = turn + 2.0943951 * k +
                             one.split("corner", static_cast<std::uint64_t>(k)).uniform("angle", -0.5, 0.5);
        op.shapes.push_back(x + half * exact::cos(angle));
        op.shapes.push_back(y + half * exact::sin(angle));
      }
  }
  const bool texture = fill == Fill::Any ? stream.chance("texture", 0.5) : fill == Fill::Texture;
  for (std::size_t c = 0; c < 3; ++c) op.color[c] = stream.split("color", c).uniform("value");
  if (texture) {
    op.dx = stream.integer("dx", now.width / 4, std::max(now.width / 4, now.width * 3 / 4));
    op.dy = std::max(1, stream.integer("dy", now.height / 4, std::max(now.height / 4, now.height * 3 / 4)));
  }
  if (!op.shapes.empty()) draft.append(std::move(op));
}
void ShapeOcclusion::fields(FieldVisitor& visit) {
  visit.choice({"shape", {}, "", "any: one kind at random"}, shape, kShapes);
  visit({"count", {0, 1000}, "", ""}, count);
  visit({"size", {0.001, 2}, "of the short side", "of a shape"}, size);
  visit.choice({"fill", {}, "", "a drawn colour, the picture itself, or either"}, fill, kShapeFills);
  visit_chance(visit, p);
}

void StripDropout::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  op::Cover cover{{}, fill, color_of(color), stream.bits("seed")};
  const auto strips = [&](std::string_view which, const IntRange& range, bool across) {
    const int n = stream.integer(which, range.low, range.high);
    for (int i = 0; i < n; ++i) {
      const Stream one = stream.split(which, static_cast<std::uint64_t>(i));
      const double share = one.uniform("width", width.low, width.high);
      add_hole(cover, now, across ? share : 1, across ? 1 : share, one);
    }
  };
  strips("rows", rows, true);
  strips("columns", columns, false);
  if (!cover.holes.empty()) draft.append(std::move(cover));
}
void StripDropout::fields(FieldVisitor& visit) {
  visit({"rows", {0, 1000}, "", "strips across"}, rows);
  visit({"columns", {0, 1000}, "", "strips down"}, columns);
  visit({"width", {0, 1}, "of the side", "of a strip"}, width);
  visit.choice({"fill", {}, "", "what covers"}, fill, kCoverFillNames);
  visit({"color", {0, 1}, "of the full range", "for fill: color; one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("StripDropout: color needs one value, or r, g, b");
}

void ObjectDropout::draw(Draft& draft, const Stream& stream) const {
  const std::vector<Box> boxes = draft.boxes();
  const double chance = stream.uniform("share", share.low, share.high);
  op::Cover cover{{}, fill, color_of(color), stream.bits("seed")};
  std::vector<std::size_t> gone;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (!stream.split("object", i).chance("drop", chance)) continue;
    cover_box(cover, boxes[i], draft.size());
    gone.push_back(i);
  }
  if (gone.empty()) return;
  draft.drop_boxes(gone);
  if (!cover.holes.empty()) draft.append(std::move(cover));
}
void ObjectDropout::fields(FieldVisitor& visit) {
  visit({"share", {0, 1}, "", "of the objects, by chance each"}, share);
  visit.choice({"fill", {}, "", "what covers"}, fill, kCoverFillNames);
  visit({"color", {0, 1}, "of the full range", "for fill: color; one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("ObjectDropout: color needs one value, or r, g, b");
}

void DropInObject::draw(Draft& draft, const Stream& stream) const {
  const std::vector<Box> boxes = draft.boxes();
  op::Cover cover{{}, fill, color_of(color), stream.bits("seed")};
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const Stream object = stream.split("object", i);
    const int n = object.integer("holes", holes.low, holes.high);
    for (int k = 0; k < n; ++k) {
      const Stream one = object.split("hole", static_cast<std::uint64_t>(k));
      const Box& b = boxes[i];
      const double w = one.uniform("width", width.low, width.high) * (b.x1 - b.x0),
                   h = one.uniform("height", height.low, height.high) * (b.y1 - b.y0);
      const double x = one.uniform("x", b.x0, b.x1 - w), y = one.uniform("y", b.y0, b.y1 - h);
      cover_box(cover, {x, y, x + w, y + h}, draft.size());
    }
  }
  if (!cover.holes.empty()) draft.append(std::move(cover));
}
void DropInObject::fields(FieldVisitor& visit) {
  visit({"holes", {0, 1000}, "", "in each object"}, holes);
  visit({"height", {0, 1}, "of the box", "of a hole"}, height);
  visit({"width", {0, 1}, "of the box", "of a hole"}, width);
  visit.choice({"fill", {}, "", "what covers"}, fill, kCoverFillNames);
  visit({"color", {0, 1}, "of the full range", "for fill: color; one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("DropInObject: color needs one value, or r, g, b");
}

}  // namespace doppel::augment
