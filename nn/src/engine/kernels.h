// Loops of our own, compiled for every instruction set (Highway's dynamic dispatch).
#pragma once

#include <cstddef>

namespace doppel::nn::engine {

/// to[i] += from[i].
void add_to(float* to, const float* from, std::size_t count);
/// to[i] = a[i] + b[i].
void sum(float* to, const float* a, const float* b, std::size_t count);

/// Rows of [groups, pixels, block] floats; channel = group · block + place.
struct ChannelLayout {
  int rows, groups, pixels, block;
};

/// Mean and sum of squared deviations of each channel over rows and pixels.
void bn_moments(const ChannelLayout& layout, const float* x, double* mean, double* m2);
/// y = f(scale · x + shift), f(v) = v or slope · v where v < 0.
void bn_apply(const ChannelLayout& layout, const float* x, const float* scale, const float* shift,
              float slope, float* y);
/// Multiplies dy by f'(y) in place, and sums dy and dy · (x - center) · inverse for each channel.
void bn_backward_sums(const ChannelLayout& layout, const float* x, const float* y, const float* center,
                      const float* inverse, float slope, float* dy, double* sum_dy, double* sum_dy_xhat);
/// dx = scale · (dy - grad_mean - (x - center) · inverse · grad_slope).
void bn_backward_apply(const ChannelLayout& layout, const float* x, const float* dy, const float* center,
                       const float* inverse, const float* scale, const float* grad_mean,
                       const float* grad_slope, float* dx);

/// y += bias, per channel of `channels`.
void add_bias(const ChannelLayout& layout, int channels, const float* bias, float* y);
/// db = sum of dy over rows and pixels.
void bias_gradient(const ChannelLayout& layout, int channels, const float* dy, float* db);

/// A window that slides over [groups, H, W, block] rows: pooling, and convolution.
struct SlidingWindow {
  int in_h, in_w, out_h, out_w, kernel_h, kernel_w, stride, top, left;
};

/// The largest of each window, and which it was (row-major, below 256), per row of the batch.
void max_pool(const SlidingWindow& window, const ChannelLayout& out, const float* x, float* y,
              unsigned char* which);
/// Each dy goes to the place that was largest; dx is overwritten.
void max_pool_backward(const SlidingWindow& window, const ChannelLayout& out, const float* dy,
                       const unsigned char* which, float* dx);

/// The weight gradient [out, in, kh, kw] of a convolution whose input is planes of few channels and whose
/// output is blocked by 8 or 16; and its bias gradient (null: none). oneDNN 2.6 has only a reference loop for
/// this on AVX2.
void conv_weight_grad_few_inputs(const SlidingWindow& window, const ChannelLayout& out, int filters,
                                 int inputs, const float* x, const float* dy, float* dw, float* db);

// In all three the gradient is scale · g + pull · w.
/// v = momentum · v + gradient; w -= rate · v, or rate · (gradient + momentum · v).
struct SgdScalars {
  float rate, scale, pull, momentum;
  bool nesterov;
};
void sgd_update(float* w, const float* g, float* v, std::size_t count, const SgdScalars& s);
/// m = momentum · m + gradient / (sqrt(v) + epsilon), v the running mean of squares; w -= rate · m.
struct RmsPropScalars {
  float rate, scale, pull, momentum, keep, epsilon;
};
void rms_prop_update(float* w, const float* g, float* m, float* v, std::size_t count,
                     const RmsPropScalars& s);
/// Adam with the bias corrections folded into `rate` and `epsilon`; w -= shrink · w first.
struct AdamScalars {
  float rate, scale, pull, beta1, beta2, epsilon, shrink;
};
void adam_update(float* w, const float* g, float* m, float* v, std::size_t count, const AdamScalars& s);

}  // namespace doppel::nn::engine
