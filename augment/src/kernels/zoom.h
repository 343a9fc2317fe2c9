// An image and itself a little larger: one row of their mean.
#pragma once

#include <span>

#include "base/pooled_vector.h"

namespace doppel::augment {

/// Numbers that rows have room for beyond their end: whole vectors are read and written.
inline constexpr int kZoomPadding = 16;

/// Along a row of interleaved pixels: what each number of the larger image reads, two neighbours with a
/// share of the second.
class ZoomAxis {
 public:
  /// Numbers [begin, end) read from `shift` further on: sources that follow each other.
  struct Run {
    int begin, end, shift;
  };
  /// `size` pixels magnified by `zoom` >= 1 about `centre` (pixels from the left edge, within the image).
  ZoomAxis(double centre, double zoom, int size, int channels);
  std::span<const Run> runs() const { return runs_; }
  const float* shares() const { return shares_.data(); }
  int channels() const { return channels_; }
  /// The first of the two pixels that pixel x reads.
  int place(int x) const { return places_[static_cast<std::size_t>(x)]; }
  float share(int x) const { return shares_[static_cast<std::size_t>(x * channels_)]; }

 private:
  int channels_;
  PooledVector<Run> runs_;
  PooledVector<int> places_;
  PooledVector<float> shares_;  ///< per number, padded
};

/// out = (image + the larger image's row) / 2, where `above` and `below` are the rows that it lies
/// between, `down` the share of the second. All rows and `buffer` are padded.
void zoom_row(const float* image, const float* above, const float* below, float down, const ZoomAxis& across,
              int n, float* buffer, float* out);

}  // namespace doppel::augment
