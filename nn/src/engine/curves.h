// Activations that are computed by loops of ours, from what comes in.
#pragma once

#include <cstddef>
#include <optional>

#include "doppel/nn/model/layer.h"
#include "kernels.h"

namespace doppel::nn::engine {

/// Which of them.
enum class Curve { ReLU6, Sigmoid, HardSigmoid, HardSwish, SiLU };

/// None for other layers.
std::optional<Curve> curve_of(const Layer& layer);

/// y[i] = f(x[i]); either may be bfloat16.
void curve_values(Curve curve, Numbers x, std::size_t count, Numbers y);
/// dx[i] = dy[i] · f'(x[i]); dx and x have one type.
void curve_gradients(Curve curve, Numbers x, Numbers dy, std::size_t count, Numbers dx);

}  // namespace doppel::nn::engine
