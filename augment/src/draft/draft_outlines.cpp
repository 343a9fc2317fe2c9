// How polygons and lines move along while a plan is drawn.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "doppel/augment/draft/draft.h"
#include "doppel/base/error.h"
#include "mover.h"
#include "outline.h"
#include "renamed.h"
#include "render/whole/tiles.h"

namespace doppel::augment {
namespace {

Frame frame_of(Size size) { return {0, 0, double(size.width), double(size.height)}; }

void shift(Outline& outline, double dx, double dy) {
  for (Point& p : outline.points) p = {p.x + dx, p.y + dy};
}

/// Each outline as some pieces of it.
template <class Pieces>
std::vector<Outline> cut_each(const std::vector<Outline>& outlines, const Pieces& pieces_of) {
  std::vector<Outline> all;
  for (const Outline& outline : outlines) std::ranges::move(pieces_of(outline), std::back_inserter(all));
  return all;
}

}  // namespace

void Draft::take_outlines(const Sample& sample) {
  if (sample.outlines.empty()) return;
  for (std::size_t i = 0; i < sample.outlines.size(); ++i) {
    const Outline& outline = sample.outlines[i];
    const std::size_t least = outline.closed ? 3 : 2;
    if (outline.points.size() < least)
      throw Error(fmt::format("outline {} has {} point{}; a {} has {} or more", i, outline.points.size(),
                              outline.points.size() == 1 ? "" : "s", outline.closed ? "polygon" : "line",
                              least));
    for (const Point p : outline.points)
      if (!std::isfinite(p.x) || !std::isfinite(p.y))
        throw Error(fmt::format("outline {} has a coordinate that isn't a number", i));
  }
  outlines_ = sample.outlines;
  cut_outlines();  // what overshoots the image was never seen
}

/// Straight edges stay straight but under bends.
void Draft::move_outlines(const Mover& move) {
  constexpr double kLongest = 2;  // pixels
  for (Outline& outline : outlines_) {
    if (move.bends()) outline = subdivided(outline, kLongest);
    for (Point& p : outline.points) p = move(p);
  }
}

void Draft::shuffle_outlines(const op::Tiles& op, std::span<const cv::Rect> tiles) {
  std::vector<Outline> moved;
  for (std::size_t place = 0; place < tiles.size() && !outlines_.empty(); ++place) {
    const cv::Rect from = tiles[tile_at(op, tiles, place)], to = tiles[place];
    const Frame frame{double(from.x), double(from.y), double(from.x + from.width),
                      double(from.y + from.height)};
    for (Outline& piece :
         cut_each(outlines_, [&](const Outline& outline) { return outline_within(outline, frame); })) {
      shift(piece, to.x - from.x, to.y - from.y);
      moved.push_back(std::move(piece));
    }
  }
  outlines_ = std::move(moved);
}

void Draft::cut_outlines() {
  if (outlines_.empty()) return;
  outlines_ = cut_each(outlines_, [frame = frame_of(size_)](const Outline& outline) {
    return outline_within(outline, frame);
  });
}

/// What a pasted rectangle lies over is no longer seen.
void Draft::cover_outlines(const op::Join& op, Size size) {
  if (outlines_.empty()) return;
  const Frame pasted{double(op.x), double(op.y), double(op.x + size.width), double(op.y + size.height)};
  outlines_ = cut_each(outlines_, [&](const Outline& outline) { return outline_outside(outline, pasted); });
}

void Draft::join_outlines(const op::Join& op, const Draft& partner, bool bound) {
  const bool cuts = op.mode == op::Join::Mode::Cut;
  for (const Outline& theirs : partner.outlines_) {
    if (cuts && !(bound && holds(op.values, theirs.instance))) continue;
    for (Outline& piece : outline_within(theirs, frame_of(partner.size_))) {
      shift(piece, op.x, op.y);
      piece.instance = renamed(op, piece.instance);
      outlines_.push_back(std::move(piece));
    }
  }
}

void Draft::finish_outlines(const TargetRules& rules, Drawn& result) const {
  if (outlines_.empty()) return;
  for (const Outline& outline : outlines_) {
    const bool is_dropped =
        outline.instance >= 0 &&
        std::ranges::find(result.dropped_instances, outline.instance) != result.dropped_instances.end();
    if (is_dropped) continue;
    for (Outline& piece : outline_within(outline, frame_of(size_)))
      if (!piece.closed || polygon_area(piece.points) >= rules.min_area)
        result.outlines.push_back(std::move(piece));
  }
}

}  // namespace doppel::augment
