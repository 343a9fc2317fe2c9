// What masks and maps have in common: they go through a plan's geometry and leave the rest.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

#include "doppel/augment/plan/plan.h"
#include "plan/geometry/run.h"

namespace doppel::augment {

/// `image` through the plan, run by run: `read(image, ops, run)` resamples it once, `apply(image, op)` is any
/// op beside.
template <class Read, class Apply>
cv::Mat moved(const Plan& plan, cv::Mat image, const Read& read, const Apply& apply) {
  const std::span<const Op> ops(plan.ops);
  for (std::size_t i = 0; i < ops.size();) {
    const GeometryRun run = geometry_run(ops, i, {image.rows, image.cols});
    if (run.count > 0) {
      image = read(image, ops.subspan(i, run.count), run);
      i += run.count;
    } else {
      image = apply(image, ops[i++]);
    }
  }
  return image;
}

}  // namespace doppel::augment
