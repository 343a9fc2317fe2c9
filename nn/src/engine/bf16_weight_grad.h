// The weight gradient of a convolution, by products of bfloat16.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels.h"

namespace doppel::nn::engine {

/// A convolution whose input and output lie in blocks of 16 channels; `inputs` and `filters` count whole
/// blocks.
struct BlockedConv {
  SlidingWindow window;
  int inputs, filters;
};

/// Bytes of memory that bf16_weight_grad() works in.
std::size_t bf16_weight_grad_scratch(const BlockedConv& conv);

/// dw [filters/16, inputs/16, kernel_h, kernel_w, 16 inputs, 16 filters] = the sum over rows and pixels of x
/// times dy, both bfloat16; sums are floats, in an order that only the shapes decide. Where has_bf16() only.
void bf16_weight_grad(const BlockedConv& conv, int rows, const std::uint16_t* x, const std::uint16_t* dy,
                      float* dw, void* scratch);

}  // namespace doppel::nn::engine
