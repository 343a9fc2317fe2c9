// Smooth fractal noise: octaves of random lattices, joined by smoothsteps. Any row can be computed alone.
#pragma once

#include <cstdint>
#include <vector>

#include "base/pooled_vector.h"
#include "doppel/base/fields.h"

namespace doppel::augment {

/// Numbers beyond a row's end that are written, too.
inline constexpr int kFractalPadding = 8;

class FractalNoise {
 public:
  /// `octaves` lattices, up to 6, the first with cells of `cell` pixels, each next half as large and `fade`
  /// times as strong; those with cells below two pixels are left out.
  FractalNoise(Size size, double cell, int octaves, double fade, std::uint64_t seed);
  /// Row y, of at most the size's width. `out` has room for kFractalPadding numbers more.
  void row(int y, int width, float* out) const;
  /// Deviation of the values, which lie in [0, 1] about 1/2.
  double deviation() const { return deviation_; }

 private:
  struct Octave {
    float step, weight;
    int rows, cols;
    std::size_t first, across;  ///< in nodes_, in across_
  };
  PooledVector<Octave> octaves_;
  PooledVector<float> nodes_, across_;
  double deviation_ = 0;
};

}  // namespace doppel::augment
