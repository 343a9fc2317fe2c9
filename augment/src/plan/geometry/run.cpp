#include "run.h"

#include <optional>

#include "field.h"

namespace doppel::augment {
namespace {

/// What an op says about sampling, if it does.
struct Sampling {
  std::optional<Fill> fill;
  std::optional<Filter> filter;
};

Sampling sampling_of(const Op& any) {
  return std::visit(
      [](const auto& o) -> Sampling {
        using T = std::decay_t<decltype(o)>;
        if constexpr (std::is_same_v<T, op::Resize>) return {std::nullopt, o.filter};
        if constexpr (requires {
                        o.fill.kind;
                        o.filter;
                      })
          return {o.fill, o.filter};
        return {};
      },
      any);
}

}  // namespace

GeometryRun geometry_run(std::span<const Op> ops, std::size_t first, Size size) {
  GeometryRun run{0, size};
  std::optional<Fill> fill;
  std::optional<Filter> filter;
  for (std::size_t i = first; i < ops.size() && kind_of(ops[i]) == OpKind::Geometry; ++i) {
    const Sampling wanted = sampling_of(ops[i]);
    if (filter && wanted.filter && *filter != *wanted.filter) break;
    if (fill && wanted.fill && *fill != *wanted.fill) break;
    if (wanted.filter) filter = wanted.filter;
    if (wanted.fill) fill = wanted.fill;
    run.bends = run.bends || is_bend(ops[i]);
    run.size = size_after(ops[i], run.size);
    ++run.count;
  }
  if (fill) run.fill = *fill;
  // Lattice ops read whole pixels whatever the filter.
  run.filter = filter.value_or(Filter::Nearest);
  return run;
}

Matrix3 matrix_of(std::span<const Op> ops, Size size) {
  Matrix3 map;
  for (const Op& op : ops) {
    map = map_of(op, size) * map;
    size = size_after(op, size);
  }
  return map;
}

}  // namespace doppel::augment
