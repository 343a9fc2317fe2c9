// Which values of a network are bfloat16.
#pragma once

#include <vector>

#include "doppel/nn/graph.h"

namespace doppel::nn::engine {

/// True where Winograd's F(4x4, 3x3) is faster than a direct convolution of floats: oneDNN has it for
/// AVX-512, and uses it only where it is asked for by name. A rule, not a race: the same network must give
/// the same bits every time.
bool suits_winograd(const Node& conv);
/// True where products of bfloat16 are faster than any of floats, for a convolution or a transposed one.
/// Filters that don't fill groups of 16 have slow weight gradients; and from some width on Winograd's floats
/// win. A transposed one's filters are filled up.
bool suits_half(const Node& conv);

/// For each node whether its value can be bfloat16: where who makes it and all who read it can work so.
/// Everything that is summed over more than a window stays in floats: statistics, vectors, logits.
std::vector<bool> half_values(const std::vector<Node>& nodes);

}  // namespace doppel::nn::engine
