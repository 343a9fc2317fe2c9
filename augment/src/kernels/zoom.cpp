#include "zoom.h"

#include <algorithm>
#include <cmath>

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/zoom.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

constexpr int kVector = 8;

void ZoomRow(const float* HWY_RESTRICT image, const float* HWY_RESTRICT above,
             const float* HWY_RESTRICT below, float down, const ZoomAxis::Run* runs, int count,
             const float* HWY_RESTRICT shares, int step, int n, float* HWY_RESTRICT buffer,
             float* HWY_RESTRICT out) {
  for (int i = 0; i < n; ++i) buffer[i] = above[i] + down * (below[i] - above[i]);
  for (const auto* run = runs; run < runs + count; ++run) {
    const float *a = buffer + run->shift, *b = a + step;
    // Whole vectors: what goes beyond the run's end is overwritten by the next.
    for (int x = run->begin; x < run->end; x += kVector)
      for (int i = x; i < x + kVector; ++i) out[i] = 0.5F * (image[i] + a[i] + shares[i] * (b[i] - a[i]));
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {
HWY_EXPORT(ZoomRow);
}

ZoomAxis::ZoomAxis(double centre, double zoom, int size, int channels) : channels_(channels) {
  shares_.reserve(static_cast<std::size_t>(size * channels) + kZoomPadding);
  for (int x = 0; x < size; ++x) {
    const double from = centre + (x + 0.5 - centre) / zoom - 0.5;
    const int place = std::clamp(static_cast<int>(std::floor(from)), 0, std::max(0, size - 2));
    places_.push_back(place);
    shares_.insert(shares_.end(), static_cast<std::size_t>(channels),
                   size < 2 ? 0.F : static_cast<float>(std::clamp(from - place, 0.0, 1.0)));
    const int shift = (place - x) * channels;
    if (runs_.empty() || runs_.back().shift != shift) runs_.push_back({x * channels, 0, shift});
    runs_.back().end = (x + 1) * channels;
  }
  shares_.insert(shares_.end(), kZoomPadding, 0.F);
}

void zoom_row(const float* image, const float* above, const float* below, float down, const ZoomAxis& across,
              int n, float* buffer, float* out) {
  const auto runs = across.runs();
  HWY_DYNAMIC_DISPATCH(ZoomRow)
  (image, above, below, down, runs.data(), static_cast<int>(runs.size()), across.shares(), across.channels(),
   n, buffer, out);
}

}  // namespace doppel::augment
#endif
