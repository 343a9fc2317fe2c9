// The discriminator's gradient at images, kept near a length.
#pragma once

#include <span>

#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/model.h"

namespace doppel::nn {

/// gamma / 2 · (|v| - length)² of each image, v what its verdict means for it, divided by `divisor`. R1 and
/// R2 (Mescheder et al. 2018): length 0; WGAN-GP (Gulrajani et al. 2017): length 1, gamma twice its lambda.
struct GradientPenalty {
  double gamma = 0, length = 0, divisor = 1;
};

/// Right after executor.forward(): adds the penalty's gradient to the model's, and returns the penalty.
/// `ones` [rows, outputs] is the gradient of the sum of verdicts with respect to the outputs. Exact, by
/// Executor::backward_tangent.
double add_gradient_penalty(Executor& executor, Model& model, std::span<const float> ones,
                            const GradientPenalty& penalty);

}  // namespace doppel::nn
