// What transforms that cover parts share.
#pragma once

#include <algorithm>
#include <cmath>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

inline void add_rectangle(op::Cover& cover, int x, int y, int w, int h) {
  for (const int v : {x, y, w, h}) cover.holes.push_back(v);
}

/// A hole of the given shares of the image at a drawn place; none where it is below half a pixel.
inline void add_hole(op::Cover& cover, Size now, double height, double width, const Stream& stream) {
  const int h = std::min(now.height, static_cast<int>(std::lround(height * now.height))),
            w = std::min(now.width, static_cast<int>(std::lround(width * now.width)));
  if (h < 1 || w < 1) return;
  add_rectangle(cover, stream.integer("x", 0, now.width - w), stream.integer("y", 0, now.height - h), w, h);
}

/// The pixels that a box touches.
inline void cover_box(op::Cover& cover, const Box& box, Size now) {
  const int x0 = std::clamp(static_cast<int>(std::floor(box.x0)), 0, now.width),
            x1 = std::clamp(static_cast<int>(std::ceil(box.x1)), 0, now.width);
  const int y0 = std::clamp(static_cast<int>(std::floor(box.y0)), 0, now.height),
            y1 = std::clamp(static_cast<int>(std::ceil(box.y1)), 0, now.height);
  if (x1 > x0 && y1 > y0) add_rectangle(cover, x0, y0, x1 - x0, y1 - y0);
}

}  // namespace doppel::augment
