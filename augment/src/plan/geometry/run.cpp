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

namespace {

/// Takes an op's sampling along; false where a run has another.
bool take(Sampling& run, const Sampling& wanted) {
  if (run.filter && wanted.filter && *run.filter != *wanted.filter) return false;
  if (run.fill && wanted.fill && *run.fill != *wanted.fill) return false;
  if (wanted.filter) run.filter = wanted.filter;
  if (wanted.fill) run.fill = wanted.fill;
  return true;
}

}  // namespace

bool continues_run(std::span<const Op> run, const Op& next) {
  Sampling sampling;
  for (const Op& op : run) take(sampling, sampling_of(op));
  return take(sampling, sampling_of(next));
}

GeometryRun geometry_run(std::span<const Op> ops, std::size_t first, Size size) {
  GeometryRun run{0, size};
  Sampling sampling;
  for (std::size_t i = first; i < ops.size() && kind_of(ops[i]) == OpKind::Geometry; ++i) {
    if (!take(sampling, sampling_of(ops[i]))) break;
    run.bends = run.bends || is_bend(ops[i]);
    run.size = size_after(ops[i], run.size);
    ++run.count;
  }
  if (sampling.fill) run.fill = *sampling.fill;
  // Lattice ops read whole pixels whatever the filter.
  run.filter = sampling.filter.value_or(Filter::Nearest);
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
