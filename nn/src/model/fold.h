// BatchNorm without its cost, where nothing is trained any more.
#pragma once

#include "doppel/nn/model/model.h"

namespace doppel::nn {

/// True where a convolution's value goes to a BatchNorm and nowhere else.
bool has_foldable(const Graph& graph);

/// What gives the same at inference as `graph`, the model's or a part of it, with fewer layers: each such
/// BatchNorm's running statistics, scale and shift are in the numbers of the convolution before it,
/// transposed or not.
Model folded(const Model& model, const Graph& graph);

}  // namespace doppel::nn
