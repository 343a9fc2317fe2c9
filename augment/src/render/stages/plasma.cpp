#include "plasma.h"

#include <algorithm>

#include "kernels/noise.h"

namespace doppel::augment {

DiamondSquare::DiamondSquare(Size size, double decay, std::uint64_t seed) {
  // Beyond 1024 a lattice point serves a block of pixels.
  const int longest = std::max(size.width, size.height);
  while ((longest >> shift_) > 1024) ++shift_;
  while (side_ < (longest >> shift_) + 1) side_ *= 2;
  value_.assign(static_cast<std::size_t>(side_) * static_cast<std::size_t>(side_), 0.F);
  const int mask = side_ - 1;
  const auto at = [&](int y, int x) -> float& {
    return value_[static_cast<std::size_t>((y & mask) * side_ + (x & mask))];
  };
  float wibble = 1;
  int level = 0;
  // The original multiplies the wiggle in twice.
  const auto draw = [&](int plane, int y, int x) {
    return wibble * wibble * (2 * uniform_at(RowKey::of(seed, plane, y), x) - 1);
  };
  for (int step = side_; step >= 2; step /= 2, ++level) {
    const int half = step / 2;
    for (int y = 0; y < side_; y += step)
      for (int x = 0; x < side_; x += step)
        at(y + half, x + half) = (at(y, x) + at(y, x + step) + at(y + step, x) + at(y + step, x + step)) / 4 +
                                 draw(2 * level, y, x);
    for (int y = 0; y < side_; y += half)
      for (int x = (y / half) % 2 == 0 ? half : 0; x < side_; x += step)
        at(y, x) = (at(y - half, x) + at(y + half, x) + at(y, x - half) + at(y, x + half)) / 4 +
                   draw(2 * level + 1, y, x);
    wibble /= static_cast<float>(decay);
  }
  const auto [low, high] = std::ranges::minmax(value_);
  const float scale = high > low ? 1 / (high - low) : 0;
  for (float& v : value_) v = (v - low) * scale;
}

void DiamondSquare::row(int y, int width, float* out) const {
  const float* from = value_.data() + ((y >> shift_) & (side_ - 1)) * side_;
  for (int x = 0; x < width; ++x) out[x] = from[(x >> shift_) & (side_ - 1)];
}

}  // namespace doppel::augment
