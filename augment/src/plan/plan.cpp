#include "doppel/augment/plan/plan.h"

#include <algorithm>

#include "plan/geometry/run.h"

namespace doppel::augment {
Size Plan::size() const {
  Size size = source;
  for (const Op& op : ops) size = size_after(op, size);
  return size;
}

Point Plan::map(Point p) const {
  Size size = source;
  for (const Op& op : ops) {
    p = move_point(op, size, p);
    size = size_after(op, size);
  }
  return p;
}

Plan Plan::fuse() const {
  Plan fused{source, {}, mask_fill, rgb, bands};
  Size size = source;
  for (std::size_t i = 0; i < ops.size();) {
    const GeometryRun run = geometry_run(ops, i, size);
    if (run.count < 2 || run.bends) {
      size = size_after(ops[i], size);
      fused.ops.push_back(ops[i++]);
      continue;
    }
    fused.ops.push_back(
        op::Warp{matrix_of(std::span(ops).subspan(i, run.count), size), run.size, run.fill, run.filter});
    size = run.size;
    i += run.count;
  }
  return fused;
}

bool is_rgb(const std::vector<int>& channels) {
  const auto known = [](int c) { return c >= 0 && c < kMostChannels; };
  return channels.size() == 3 && std::ranges::all_of(channels, known) && channels[0] != channels[1] &&
         channels[0] != channels[2] && channels[1] != channels[2];
}

}  // namespace doppel::augment
