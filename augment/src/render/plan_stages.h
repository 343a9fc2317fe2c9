// How a plan is cut into steps: the fused renderer walks over them, explain() shows them.
#pragma once

#include <vector>

#include "plan/geometry/run.h"

namespace doppel::augment {

/// Ops [first, pixels) are one resampling, [pixels, last) one pass over pixels, and where `whole` is true the
/// op at `last` takes and gives a whole image. Any part may be empty.
struct PlanStage {
  std::size_t first = 0, pixels = 0, last = 0;
  bool whole = false;
  GeometryRun geometry;
  std::size_t next() const { return last + (whole ? 1 : 0); }
};

/// The stage that begins at ops[first] on an image of `size`.
PlanStage plan_stage(std::span<const Op> ops, std::size_t first, Size size);

}  // namespace doppel::augment
