#include "plan_stages.h"

namespace doppel::augment {

PlanStage plan_stage(std::span<const Op> ops, std::size_t first, Size size) {
  PlanStage stage{first, first, first, false, geometry_run(ops, first, size)};
  stage.pixels = stage.last = first + stage.geometry.count;
  while (stage.last < ops.size() && kind_of(ops[stage.last]) == OpKind::Pixel) ++stage.last;
  if (stage.last == ops.size()) return stage;
  const OpKind kind = kind_of(ops[stage.last]);
  stage.whole = kind == OpKind::Whole || kind == OpKind::Wall;
  return stage;
}

}  // namespace doppel::augment
