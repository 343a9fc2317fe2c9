// What the fused engine makes of a plan, and what each part costs.
#pragma once

#include <string>
#include <vector>

#include "doppel/augment/plan/plan.h"
#include "doppel/augment/plan/sample.h"

namespace doppel::augment {

/// One pass over the image.
struct ExplainedStep {
  std::string how;               ///< "one bilinear resampling", "one pass over pixels, by tables"
  std::vector<std::string> ops;  ///< what was fused into it, as Plan::text() says it
  Size size;                     ///< of its result
  std::string reason;            ///< why the next op is not part of it; empty for the last step
  double microseconds = 0;       ///< the median of a few trials on this machine, with this image
};

/// All passes of a plan.
struct Explanation {
  std::vector<ExplainedStep> steps;  ///< in order; none where the image is only copied
  double microseconds = 0;           ///< of the whole plan; less than the sum where steps share their strips
  /// A line per step, for people.
  std::string text() const;
};

/// Runs each step of `plan` a few times alone. Throws what render() throws.
Explanation explain(const Plan& plan, const cv::Mat& image, std::span<const Sample> partners = {});

}  // namespace doppel::augment
