// Loops of norms over channels, and their way back, compiled for every instruction set.
#pragma once

#include "kernels.h"

namespace doppel::nn::engine {

/// y = f(scale · x + shift) per channel, f(v) = v or slope · v where v < 0.
struct ChannelAffine {
  const float *scale, *shift;
  float slope = 1;
};

/// Mean and sum of squared deviations of each channel over rows and pixels.
void channel_moments(const ChannelLayout& layout, Numbers x, double* mean, double* m2);
/// y of x.
void apply_affine(const ChannelLayout& layout, Numbers x, const ChannelAffine& affine, Numbers y);
/// Sums g and g · (x - center) · inverse for each channel, where g = dy · f'(scale · x + shift): what y was
/// isn't read again.
void affine_gradient_sums(const ChannelLayout& layout, Numbers x, Numbers dy, const ChannelAffine& affine,
                          const float* center, const float* inverse, double* sum_g, double* sum_g_xhat);
/// dx = a · g + b · x + e per channel, g as above. x and dx have one type.
void blend_channels(const ChannelLayout& layout, Numbers x, Numbers dy, const ChannelAffine& affine,
                    const float* a, const float* b, const float* e, Numbers dx);

}  // namespace doppel::nn::engine
