// Loops over channels that have a factor each, and over norms of pixels, compiled for every instruction set.
#pragma once

#include <vector>

#include "kernels.h"

namespace doppel::nn::engine {

/// sums[r · groups · block + channel] = the sum over a row's pixels of a · b.
void channel_dots(const ChannelLayout& layout, Numbers a, Numbers b, float* sums);

/// Of a norm over each pixel's channels: how many are real (the rest fill up the last block, and hold 0), and
/// [groups · block] floats each, 0 for channels that fill up.
struct PixelNorm {
  int channels;
  float epsilon;
  const float *gamma, *beta, *real;  ///< real: 1, or 0
};
/// y = gamma · (x - mean) · inverse + beta; keeps mean and inverse, [rows · pixels] each.
void pixel_norm(const ChannelLayout& layout, const PixelNorm& norm, const float* x, float* y, float* mean,
                float* inverse);
/// Its way back, and adds to the gradients of gamma and beta; dx may be null.
void pixel_norm_backward(const ChannelLayout& layout, const PixelNorm& norm, const float* x, const float* dy,
                         const float* mean, const float* inverse, float* dx, float* dgamma, float* dbeta);

}  // namespace doppel::nn::engine
