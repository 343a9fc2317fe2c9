// What warps by control points share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

inline double short_side(const Draft& draft) { return std::min(draft.size().height, draft.size().width); }

/// A mesh whose nodes read from N(0, deviation) cells away, at most a quarter of one (so that triangles don't
/// turn over).
inline void append_nodes(Draft& draft, const Stream& stream, int grid, double deviation,
                         op::Mesh::Between between, const Fill& fill, Filter filter) {
  op::Mesh mesh{.rows = grid + 1, .cols = grid + 1, .between = between, .fill = fill, .filter = filter};
  const double cell_x = double(draft.size().width) / grid, cell_y = double(draft.size().height) / grid;
  for (int i = 0; i < (grid + 1) * (grid + 1); ++i) {
    const Stream node = stream.split("node", static_cast<std::uint64_t>(i));
    mesh.dx.push_back(std::clamp(node.normal("x", 0, deviation), -0.24, 0.24) * cell_x);
    mesh.dy.push_back(std::clamp(node.normal("y", 0, deviation), -0.24, 0.24) * cell_y);
  }
  draft.append(std::move(mesh));
}

}  // namespace doppel::augment
