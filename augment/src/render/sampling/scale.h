// Scaling without turning, by at most two: each output pixel lies between two of the source along each axis.
#pragma once

#include <array>
#include <opencv2/core/mat.hpp>

#include "area.h"
#include "base/pooled_vector.h"
#include "doppel/base/fields.h"
#include "kernels/wide_scale.h"

namespace doppel::augment {

/// Reads 8-bit images of 3 or 4 channels that way, best from top to bottom or back: a source row is scaled
/// across once and kept for the output rows that lie beside it. Weights have 15 bits.
class ScaleReader {
 public:
  ScaleReader(const cv::Mat& source, const AreaAxis::Range& across, const AreaAxis::Range& down,
              Fill::Kind border);
  /// True where no pixel reads the border's colour: readers of this kind know none.
  static bool stays_inside(const AreaAxis::Range& range, int source);
  /// Writes output row y, interleaved.
  void read(int y, unsigned char* row);

 private:
  struct Tap {
    int first, second;
    std::int16_t share;
  };
  static Tap tap(const AreaAxis::Range& range, int i, int source, Fill::Kind border);
  const std::int16_t* scaled_row(int y, int keep);

  cv::Mat source_;
  AreaAxis::Range down_;
  Fill::Kind border_;
  int width_, begin_ = 0, end_ = 0;
  PooledVector<int> first_, second_;
  PooledVector<std::int16_t> shares_;
  PooledVector<ScaleEight> eights_;
  std::array<PooledVector<std::int16_t>, 2> rows_;  ///< scaled across
  std::array<int, 2> held_{-1, -1};                 ///< which rows of the source those are
};

}  // namespace doppel::augment
