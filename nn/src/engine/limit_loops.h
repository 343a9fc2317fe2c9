// Loops that do one thing as fast as a thread can.
#pragma once

#include <cstddef>

namespace doppel::nn::engine {

/// What a loop came to; the sum is there so that the loop must be run.
struct Products {
  double flops;
  float sum;
};

/// Products of floats, each added to one of several sums in registers, `turns` times.
Products float_products(int turns);
/// The same with AVX-512 BF16's. Where has_bf16() only.
Products bf16_products(int turns);
/// And with tiles, a product of two in each turn; a whole number of four turns. Where multiplies_tiles()
/// only.
Products tile_products(int turns);
/// numbers[i] *= factor.
void scale(float* numbers, std::size_t count, float factor);

}  // namespace doppel::nn::engine
