#include "kernels/fractal.h"

#include <algorithm>
#include <cmath>

#include "kernels/noise.h"
#include "kernels/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/fractal.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

/// Adds one octave: `a` and `b` are the lattice rows above and below, `down` the smoothed share between them,
/// `across` that of each pixel between its columns.
void AddOctave(const float* a, const float* b, float down, float step, float weight, int width,
               const float* HWY_RESTRICT across, float* HWY_RESTRICT out) {
  int x = 0;
  for (int cell = 0; x < width; ++cell) {
    const float left = weight * (a[cell] + down * (b[cell] - a[cell]));
    const float right = weight * (a[cell + 1] + down * (b[cell + 1] - a[cell + 1])) - left;
    int stop = static_cast<int>(static_cast<float>(cell + 1) * step + 0.5F);
    stop = stop < width ? stop : width;
    for (int i = x; i < stop; ++i) out[i] += left + right * across[i];
    x = stop;
  }
}

/// The smoothed share of each pixel between the lattice columns at its sides.
void SmoothShares(float step, int width, float* HWY_RESTRICT across) {
  const float inverse = 1 / step;
  int x = 0;
  for (int cell = 0; x < width; ++cell) {
    const float start = static_cast<float>(cell) * step;
    int stop = static_cast<int>(static_cast<float>(cell + 1) * step + 0.5F);
    stop = stop < width ? stop : width;
    for (int i = x; i < stop; ++i) {
      const float t = Clamp01((static_cast<float>(i) + 0.5F - start) * inverse);
      across[i] = t * t * (3 - 2 * t);
    }
    x = stop;
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {

HWY_EXPORT(AddOctave);
HWY_EXPORT(SmoothShares);

FractalNoise::FractalNoise(Size size, double cell, int octaves, double fade, std::uint64_t seed) {
  double total = 0, squares = 0, weight = 1;
  for (int k = 0; k < octaves; ++k, cell /= 2, weight *= fade) {
    if (k > 0 && cell < 2) break;
    const auto step = static_cast<float>(std::max(1.0, cell));
    const int rows = static_cast<int>(static_cast<float>(size.height) / step) + 3;
    const int cols = static_cast<int>(static_cast<float>(size.width) / step) + 3;
    octaves_.push_back({step, static_cast<float>(weight), rows, cols, nodes_.size(), across_.size()});
    across_.resize(across_.size() + static_cast<std::size_t>(size.width));
    HWY_DYNAMIC_DISPATCH(SmoothShares)(step, size.width, across_.data() + octaves_.back().across);
    nodes_.resize(nodes_.size() + static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
    float* node = nodes_.data() + octaves_.back().first;
    NoiseBlock block;
    for (int r = 0; r < rows; ++r) {
      const RowKey key = RowKey::of(seed, k, r);
      for (int c = 0; c < cols; ++c, ++node) {
        if (c % kNoiseBlock == 0) uniform_noise(key, c / kNoiseBlock, block);
        *node = block[static_cast<std::size_t>(c % kNoiseBlock)];
      }
    }
    total += weight;
    // A smoothstep between two uniform numbers has 26/35 of their variance on average; along both axes.
    squares += weight * weight * (26.0 / 35) * (26.0 / 35) / 12;
  }
  for (Octave& octave : octaves_) octave.weight /= static_cast<float>(total);
  deviation_ = std::sqrt(squares) / total;
}

void FractalNoise::row(int y, int width, float* out) const {
  std::fill(out, out + width, 0.F);
  for (const Octave& octave : octaves_) {
    const float t = (static_cast<float>(y) + 0.5F) / octave.step;
    const int r = std::min(static_cast<int>(t), octave.rows - 2);
    const float f = t - static_cast<float>(r);
    const float* above = nodes_.data() + octave.first + r * octave.cols;
    HWY_DYNAMIC_DISPATCH(AddOctave)
    (above, above + octave.cols, f * f * (3 - 2 * f), octave.step, octave.weight, width,
     across_.data() + octave.across, out);
  }
}

}  // namespace doppel::augment
#endif
