#include "geometry_run.h"

#include <optional>

namespace doppel::augment {

GeometryRun geometry_run(std::span<const Op> ops, std::size_t first, Size size) {
  GeometryRun run{0, {}, size};
  std::optional<Fill> fill;
  std::optional<Filter> filter;
  for (std::size_t i = first; i < ops.size() && kind_of(ops[i]) == OpKind::Geometry; ++i) {
    const auto* warp = std::get_if<op::Warp>(&ops[i]);
    const auto* resize = std::get_if<op::Resize>(&ops[i]);
    const std::optional<Filter> wanted = warp     ? std::optional(warp->filter)
                                         : resize ? std::optional(resize->filter)
                                                  : std::nullopt;
    if (filter && wanted && *filter != *wanted) break;
    if (warp && fill && *fill != warp->fill) break;
    if (wanted) filter = wanted;
    if (warp) fill = warp->fill;
    run.map = map_of(ops[i], run.size) * run.map;
    run.size = size_after(ops[i], run.size);
    ++run.count;
  }
  if (fill) run.fill = *fill;
  // Lattice ops read whole pixels whatever the filter.
  run.filter = filter.value_or(Filter::Nearest);
  return run;
}

}  // namespace doppel::augment
