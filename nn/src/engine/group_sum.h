// What a step of one process has to do with those of the others.
#pragma once

#include "doppel/nn/engine/executor.h"

namespace doppel::nn {

/// Makes the gradients of all parameters that learn, and the sums, those of all processes' parts of a batch.
LossSums sum_over_group(Group& group, Model& model, const LossSums& part);

}  // namespace doppel::nn
