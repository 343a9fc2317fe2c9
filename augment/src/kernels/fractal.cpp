#include "fractal.h"

#include <algorithm>
#include <cmath>

#include "doppel/base/simd_targets.h"
#include "noise.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/fractal.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "math-inl.h"

#ifndef DOPPEL_FRACTAL_ROW_
#define DOPPEL_FRACTAL_ROW_
namespace doppel::augment {

constexpr int kMostOctaves = 6;
constexpr int kVector = kFractalPadding;

/// One octave of a row: lattice rows above and below, the smoothed share `down` between them, and each
/// pixel's `across` between its columns.
struct OctaveRow {
  const float *a = nullptr, *b = nullptr;
  float down = 0, weight = 0;
  const float* across = nullptr;
};

}  // namespace doppel::augment
#endif

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

/// Octaves of wide cells, cell by cell of the finest: there each of them is a straight line over its smoothed
/// shares. Written in whole vectors: what goes beyond a cell's end is overwritten by the next.
template <int kOctaves>
void SumOctaves(const OctaveRow* octaves, float step, int width, float* HWY_RESTRICT out) {
  int x = 0;
  for (int cell = 0; x < width; ++cell) {
    int stop = static_cast<int>(static_cast<float>(cell + 1) * step + 0.5F);
    stop = stop < width ? stop : width;
    float start = 0, slope[kOctaves];
    const float* across[kOctaves];
    for (int k = 0; k < kOctaves; ++k) {
      const OctaveRow& o = octaves[k];
      const int column = cell >> (kOctaves - 1 - k);
      const float left = o.a[column] + o.down * (o.b[column] - o.a[column]);
      const float right = o.a[column + 1] + o.down * (o.b[column + 1] - o.a[column + 1]);
      start += o.weight * left;
      slope[k] = o.weight * (right - left);
      across[k] = o.across;
    }
    for (; x < stop; x += kVector)
      for (int i = x; i < x + kVector; ++i) {
        float v = start;
        for (int k = 0; k < kOctaves; ++k) v += slope[k] * across[k][i];
        out[i] = v;
      }
    x = stop;
  }
}

/// Adds one octave of narrow cells.
void AddOctave(const OctaveRow& o, float step, int width, float* HWY_RESTRICT out) {
  int x = 0;
  for (int cell = 0; x < width; ++cell) {
    const float left = o.weight * (o.a[cell] + o.down * (o.b[cell] - o.a[cell]));
    const float right = o.weight * (o.a[cell + 1] + o.down * (o.b[cell + 1] - o.a[cell + 1])) - left;
    int stop = static_cast<int>(static_cast<float>(cell + 1) * step + 0.5F);
    stop = stop < width ? stop : width;
    for (; x < stop; ++x) out[x] += left + right * o.across[x];
  }
}

void SumWide(const OctaveRow* octaves, int count, float step, int width, float* out) {
  switch (count) {
    case 1:
      return SumOctaves<1>(octaves, step, width, out);
    case 2:
      return SumOctaves<2>(octaves, step, width, out);
    case 3:
      return SumOctaves<3>(octaves, step, width, out);
    case 4:
      return SumOctaves<4>(octaves, step, width, out);
    case 5:
      return SumOctaves<5>(octaves, step, width, out);
    default:
      return SumOctaves<6>(octaves, step, width, out);
  }
}

/// `step`: cells of the first; each next has cells half as wide.
void Octaves(const OctaveRow* octaves, int count, float step, int width, float* out) {
  int wide = 1;
  for (; wide < count && step >= 2 * kVector; ++wide) step /= 2;
  SumWide(octaves, wide, step, width, out);
  for (int k = wide; k < count; ++k) AddOctave(octaves[k], step /= 2, width, out);
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

HWY_EXPORT(Octaves);
HWY_EXPORT(SmoothShares);

FractalNoise::FractalNoise(Size size, double cell, int octaves, double fade, std::uint64_t seed) {
  double total = 0, squares = 0, weight = 1;
  for (int k = 0; k < std::min(octaves, kMostOctaves); ++k, cell /= 2, weight *= fade) {
    if (k > 0 && cell < 2) break;
    const auto step = static_cast<float>(std::max(1.0, cell));
    const int rows = static_cast<int>(static_cast<float>(size.height) / step) + 3;
    const int cols = static_cast<int>(static_cast<float>(size.width) / step) + 3;
    octaves_.push_back({step, static_cast<float>(weight), rows, cols, nodes_.size(), across_.size()});
    across_.resize(across_.size() + static_cast<std::size_t>(size.width) + kVector);
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
  std::array<OctaveRow, kMostOctaves> rows;
  for (std::size_t k = 0; k < octaves_.size(); ++k) {
    const Octave& octave = octaves_[k];
    const float t = (static_cast<float>(y) + 0.5F) / octave.step;
    const int r = std::min(static_cast<int>(t), octave.rows - 2);
    const float f = t - static_cast<float>(r);
    const float* above = nodes_.data() + octave.first + r * octave.cols;
    rows[k] = {above, above + octave.cols, f * f * (3 - 2 * f), octave.weight,
               across_.data() + octave.across};
  }
  HWY_DYNAMIC_DISPATCH(Octaves)
  (rows.data(), static_cast<int>(octaves_.size()), octaves_.front().step, width, out);
}

}  // namespace doppel::augment
#endif
