// The plasma fractal of ImageNet-C's fog.
#pragma once

#include <cstdint>
#include <vector>

#include "base/pooled_vector.h"
#include "doppel/base/fields.h"

namespace doppel::augment {

/// Diamond-square on a wrapped square lattice of a power of two, each level's wiggle divided by `decay`;
/// values from 0 to 1 (Hendrycks and Dietterich 2019, corruptions.py: wibble 100, of which only the shape is
/// left after scaling).
class DiamondSquare {
 public:
  DiamondSquare(Size size, double decay, std::uint64_t seed);
  void row(int y, int width, float* out) const;

 private:
  int side_ = 1, shift_ = 0;
  PooledVector<float> value_;
};

}  // namespace doppel::augment
