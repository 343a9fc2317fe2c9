// The gradient of planes that a first convolution reads, for who learns from it: a generator.
#pragma once

#include "buffer.h"
#include "winograd.h"

namespace doppel::nn::engine {

/// That of a 4x4 convolution in steps of 2 whose input is planes of few channels, by Winograd's algorithm:
/// they are filled up to a block, of which oneDNN's kernel takes three times as long.
class PlaneGradient {
 public:
  /// `conv`: what the planes' block would go through.
  PlaneGradient(const WinogradConv& conv, int channels);
  /// Of the weights [filters, channels, 4, 4].
  void load(const float* weights);
  /// Floats of memory that run() works in.
  std::size_t scratch(int rows) const;
  /// dx [rows, channels, in_h, in_w] = what dy, in blocks, means for them.
  void run(int rows, Numbers dy, float* dx, float* scratch) const;

 private:
  WinogradConv conv_, back_;
  int channels_;
  Buffer filled_up_, weights_;

  std::size_t pixels() const {
    return static_cast<std::size_t>(conv_.in_h) * static_cast<std::size_t>(conv_.in_w);
  }
};

}  // namespace doppel::nn::engine
