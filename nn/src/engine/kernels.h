// Loops of our own, compiled for every instruction set (Highway's dynamic dispatch).
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace doppel::nn::engine {

/// Numbers in memory: floats, or bfloat16, to which sums are rounded to nearest, ties to even.
struct Numbers {
  void* at;
  bool bf16;
};

/// Throws std::logic_error where one's bytes would be read as another's type: a mistake of ours. It costs
/// nothing beside a loop over rows, so a release checks it as well.
template <class... More>
void expect_one_type(const Numbers& first, const More&... more) {
  if (((more.bf16 != first.bf16) || ...))
    throw std::logic_error("bfloat16 and floats where a loop takes numbers of one type");
}
/// The same where a loop takes floats only.
inline float* expect_floats(const Numbers& numbers) {
  if (numbers.bf16) throw std::logic_error("bfloat16 where a loop takes floats");
  return static_cast<float*>(numbers.at);
}

/// to[i] += from[i].
void add_to(float* to, const float* from, std::size_t count);
/// The same for values; both have one type.
void add_to(Numbers to, Numbers from, std::size_t count);
/// True where none of them is infinite or no number.
bool all_finite(Numbers values, std::size_t count);
/// to[i] = f(a[i] + b[i]), f(v) = v or slope · v where v < 0; all have one type.
void sum(Numbers to, Numbers a, Numbers b, float slope, std::size_t count);
/// values[i] = f(values[i]).
void rectify(Numbers values, float slope, std::size_t count);
/// dy[i] *= f'(y[i]); both have one type.
void rectify_gradient(Numbers y, float slope, Numbers dy, std::size_t count);
/// to[i] = (a[i] + b[i]) · f'(y[i]); all have one type.
void sum_gradients(Numbers to, Numbers a, Numbers b, Numbers y, float slope, std::size_t count);
/// piece[i] = 1 where values[i] > 0, else 0.
void positive(Numbers values, std::size_t count, std::uint8_t* piece);
/// to[i] = from[i] · (1 where piece[i] is 1, else slope); both have one type, and may be the same.
void scale_by_piece(Numbers from, const std::uint8_t* piece, float slope, std::size_t count, Numbers to);
/// to[i] = from[i].
void to_bf16(std::uint16_t* to, const float* from, std::size_t count);

/// Rows of [groups, pixels, block] numbers; channel = group · block + place.
struct ChannelLayout {
  int rows, groups, pixels, block;
};

/// y[channel] = the mean over its pixels; floats, [groups · block] a row.
void channel_means(const ChannelLayout& layout, Numbers x, float* y);
/// dx = dy[channel] / pixels.
void channel_means_backward(const ChannelLayout& layout, const float* dy, Numbers dx);

/// y += bias, per channel of `channels`.
void add_bias(const ChannelLayout& layout, int channels, const float* bias, Numbers y);
/// db = sum of dy over rows and pixels.
void bias_gradient(const ChannelLayout& layout, int channels, Numbers dy, float* db);

/// A window that slides over [groups, H, W, block] rows: pooling, and convolution.
struct SlidingWindow {
  int in_h, in_w, out_h, out_w, kernel_h, kernel_w, stride, top, left;
};

/// The largest of each window, and which it was (row-major, below 256; null: nobody asks), per row of the
/// batch. x and y have one type, as have dy and dx.
void max_pool(const SlidingWindow& window, const ChannelLayout& out, Numbers x, Numbers y,
              unsigned char* which);
/// y is what x has at the places that were largest.
void max_pool_pick(const SlidingWindow& window, const ChannelLayout& out, Numbers x,
                   const unsigned char* which, Numbers y);
/// Each dy goes to the place that was largest; dx is overwritten.
void max_pool_backward(const SlidingWindow& window, const ChannelLayout& out, Numbers dy,
                       const unsigned char* which, Numbers dx);

/// Draws of one row of the batch: word i of the row, of Philox with these keys and the counter
/// [i / 4, row, step].
struct DropoutDraws {
  std::uint32_t key0, key1, row;
  std::uint64_t step;
  std::uint32_t limit;
  float keep;
};
/// factors[i] = 0 where word first + i is below the limit, else `keep`. `first` is a multiple of 4.
void dropout_factors(const DropoutDraws& draws, std::size_t first, std::size_t count, float* factors);
/// to[i] = from[i] · factors[i]; both have one type.
void scale(Numbers from, const float* factors, std::size_t count, Numbers to);
/// The same with a factor for each channel of each row.
void scale_channels(const ChannelLayout& layout, Numbers from, const float* factors, Numbers to);

// In all three the gradient is clip_factor · g + l2 · w.
/// v = momentum · v + gradient; w -= rate · v, or rate · (gradient + momentum · v).
struct SgdScalars {
  float rate, clip_factor, l2, momentum;
  bool nesterov;
};
void sgd_update(float* w, const float* g, float* v, std::size_t count, const SgdScalars& s);
/// m = momentum · m + gradient / (sqrt(v) + epsilon), v the running mean of squares; w -= rate · m.
struct RmsPropScalars {
  float rate, clip_factor, l2, momentum, square_decay, epsilon;
};
void rms_prop_update(float* w, const float* g, float* m, float* v, std::size_t count,
                     const RmsPropScalars& s);
/// Adam with the bias corrections folded into `rate` and `epsilon`; w -= decoupled_decay · w first.
struct AdamScalars {
  float rate, clip_factor, l2, beta1, beta2, epsilon, decoupled_decay;
};
void adam_update(float* w, const float* g, float* m, float* v, std::size_t count, const AdamScalars& s);

}  // namespace doppel::nn::engine
