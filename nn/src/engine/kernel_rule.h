// What a convolution's kernels take, by a rule that is the same on every machine.
#pragma once

#include <optional>

#include "conv_kernel.h"

namespace doppel::nn::engine {

/// Seconds that one thread takes for so many images' forward pass, and in training for the way back: by the
/// convolution's shape and the width of the processor's vectors alone, so that machines of one kind choose
/// alike, whatever else they're doing. `bf16`: beside products of bfloat16, of bfloat16 values. Nothing for
/// kernels that no rule is known of: AMX's, and those that suits_winograd() rules out.
std::optional<double> expected_seconds(ConvKernel kernel, const Node& conv, int rows, bool training,
                                       bool bf16);

}  // namespace doppel::nn::engine
