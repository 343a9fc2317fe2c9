// Which values of a network are bfloat16.
#pragma once

#include <vector>

#include "conv_kernel.h"

namespace doppel::nn::engine {

/// For each node whether its value can be bfloat16: where who makes it and all who read it can work so.
/// Everything that is summed over more than a window stays in floats: statistics, vectors, logits.
/// `kernels`: of each node that is a convolution.
std::vector<bool> bf16_values(const std::vector<Node>& nodes, const std::vector<ConvKernel>& kernels);

}  // namespace doppel::nn::engine
