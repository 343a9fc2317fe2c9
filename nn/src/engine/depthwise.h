// The weight gradient of a depthwise convolution.
#pragma once

#include "kernels.h"

namespace doppel::nn::engine {

/// Rows of a kernel are no longer.
inline constexpr int kWidestDepthwise = 11;

/// dw [channels, kernel_h, kernel_w] = the sum over rows and pixels of x times dy, where each channel has a
/// filter of its own; db (null: none) that of dy. `in` and `out` lie in blocks of 8 or 16, floats. The kernel
/// is at most kWidestDepthwise wide. Sums are in an order that only the shapes decide.
void depthwise_weight_grad(const SlidingWindow& window, const ChannelLayout& out, int channels,
                           const float* x, const float* dy, float* dw, float* db);

}  // namespace doppel::nn::engine
