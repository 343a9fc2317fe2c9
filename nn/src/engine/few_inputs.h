// The weight gradient of a first layer.
#pragma once

#include <algorithm>
#include <cstddef>

#include "kernels.h"

namespace doppel::nn::engine {

/// A convolution whose input is planes of few channels, floats; and how its taps and its output are cut into
/// what fits registers and the first cache.
struct PlaneConv {
  SlidingWindow window;
  int inputs, filters;

  /// A kernel's row is cut into runs of equal length; what the last has too many, reads on and counts for
  /// nothing.
  static constexpr int kLongestRun = 7;
  int runs_per_row() const { return (window.kernel_w + kLongestRun - 1) / kLongestRun; }
  int run() const { return (window.kernel_w + runs_per_row() - 1) / runs_per_row(); }
  int runs() const { return inputs * window.kernel_h * runs_per_row(); }
  int taps() const { return runs() * run(); }

  /// Whole rows of the output that are worked on at once.
  static constexpr int kStripPixels = 256;
  int strip_rows() const { return std::clamp(kStripPixels / window.out_w, 1, window.out_h); }
  /// Rows and columns of the input that so many rows of the output read, zeros at the edges among them.
  int rows_read(int rows) const { return (rows - 1) * window.stride + window.kernel_h; }
  int columns_read() const { return (window.out_w - 1) * window.stride + runs_per_row() * run(); }
};

/// Bytes of memory that few_inputs_weight_grad() works in.
std::size_t few_inputs_scratch(const PlaneConv& conv);

/// dw [filters, inputs, kernel_h, kernel_w] = the sum over rows and pixels of x times dy, and db (null: none)
/// that of dy, which lies in blocks of 8 or 16 and may be of either type. Sums are floats, in an order that
/// only the shapes decide.
void few_inputs_weight_grad(const PlaneConv& conv, const ChannelLayout& out, const float* x, Numbers dy,
                            float* dw, float* db, void* scratch);

}  // namespace doppel::nn::engine
