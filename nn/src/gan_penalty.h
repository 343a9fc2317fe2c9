// The discriminator's gradient at pictures, kept short.
#pragma once

#include <span>

#include "doppel/nn/executor.h"
#include "doppel/nn/model.h"

namespace doppel::nn {

/// Right after a forward and backward pass over `pictures`: adds to the model's gradients those of gamma / 2
/// · the sum over pictures of |v|² / divisor, v what a verdict means for its picture, and returns that
/// penalty. `ones` [rows, outputs] is the gradient of the sum of verdicts with respect to the outputs; `step`
/// the executor's.
///
/// The penalty's gradient is that of the slope of the verdicts along v, the direction held fixed. For layers
/// that are linear in pieces it is the difference of two gradients of the weights, at pictures a little along
/// v and against it: exact but for rounding, as long as no piece ends between.
double add_gradient_penalty(Executor& executor, Model& model, std::span<const float> pictures,
                            std::span<const float> ones, double gamma, double divisor, std::uint64_t step);

}  // namespace doppel::nn
