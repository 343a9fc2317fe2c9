// What each layer of a network takes, beside what the machine could do.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "doppel/nn/engine/executor.h"
#include "doppel/nn/engine/limits.h"

namespace doppel::apps {

/// The least that a step can take: for its products, or to move its bytes, whichever is more.
struct StepLimit {
  double seconds;
  const char* what;  ///< "f32", "bf16" or "memory"
};
StepLimit limit_of(const nn::StepTime& step, const nn::MachineLimits& limits);

/// Prints the machine's limits, a line for each step, and sums; and returns them. `whole`: seconds of a call,
/// of which the steps are a part.
nlohmann::json explain_steps(const std::vector<nn::StepTime>& steps, const nn::MachineLimits& limits,
                             double whole);

}  // namespace doppel::apps
