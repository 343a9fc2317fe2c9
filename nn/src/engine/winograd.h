// Convolutions by Winograd's algorithm: kernels of 3x3 over tiles of 6x6 input pixels, and of 5x5 over tiles
// of 8x8. Either way a tile gives 4x4 outputs, by 36 products in place of 144, or 64 in place of 400.
// A kernel of 4x4 in steps of 2 is the sum of four kernels of 2x2, each over a phase of the input: every
// other row and column of it, in one of four ways. Their tiles are 5x5 pixels of a phase, and 100 products
// stand in place of 256. The way back, a transposed convolution, gives each phase by a kernel of 2x2 of its
// own. Products and sums are floats, in an order that only the shapes decide; what is read and written may be
// floats or bfloat16.
#pragma once

#include <cstddef>

#include "kernels.h"

namespace doppel::nn::engine {

/// Outputs of a tile, each way.
inline constexpr int kWinogradOutputs = 4;

/// A convolution whose values lie in blocks of channels; `inputs` and `filters` fill blocks.
struct WinogradConv {
  int in_h, in_w, out_h, out_w;
  int top, left;  ///< padding; of a transposed one that which its output lacks
  int inputs, filters;
  int kernel;               ///< 3 or 5 in steps of 1, or 4 in steps of 2
  int block;                ///< 8 or 16
  bool transposed = false;  ///< only where the kernel is 4

  int stride() const { return kernel == 4 ? 2 : 1; }
  int taps() const { return kernel / stride(); }                ///< of a phase's kernel, each way
  int tile() const { return kWinogradOutputs + taps() - 1; }    ///< input pixels of a tile, each way
  int phases() const { return stride() * stride(); }            ///< of the larger side's pixels
  int phases_in() const { return transposed ? 1 : phases(); }   ///< which are summed up
  int phases_out() const { return transposed ? phases() : 1; }  ///< each computed by itself
  std::size_t places() const { return static_cast<std::size_t>(tile()) * static_cast<std::size_t>(tile()); }

  /// That which brings this one's gradient back to what it reads.
  WinogradConv back() const {
    if (stride() > 1)
      return {out_h, out_w, in_h, in_w, top, left, filters, inputs, kernel, block, !transposed};
    return {out_h, out_w, in_h, in_w, kernel - 1 - top, kernel - 1 - left, filters, inputs, kernel, block};
  }
};

/// The widest block of channels that the loops take on this processor: 16, 8, or 0 where there are none.
int winograd_block();

/// Floats that the weights become.
std::size_t winograd_weights(const WinogradConv& conv);
/// `to` = the weights [filters, inputs, k, k] of a convolution that isn't transposed, transformed.
void winograd_load(const WinogradConv& conv, const float* weights, float* to);
/// `to` = those of conv.back(), from the weights of `conv` itself.
void winograd_load_back(const WinogradConv& conv, const float* weights, float* to);

/// Floats of memory that winograd_conv() works in.
std::size_t winograd_scratch(const WinogradConv& conv, int rows);
/// y = f(x * weights + bias), f(v) = v or slope · v where v < 0. `bias`: as many as filters, or null.
void winograd_conv(const WinogradConv& conv, int rows, Numbers x, const float* weights, const float* bias,
                   float slope, Numbers y, float* scratch);

/// Floats of memory that winograd_weight_grad() works in.
std::size_t winograd_grad_scratch(const WinogradConv& conv, int rows);
/// Of a convolution that isn't transposed: dw [filters / block, inputs / block, k, k, block inputs, block
/// filters] = the sum over rows and pixels of x times dy.
void winograd_weight_grad(const WinogradConv& conv, int rows, Numbers x, Numbers dy, float* dw,
                          float* scratch);

}  // namespace doppel::nn::engine
