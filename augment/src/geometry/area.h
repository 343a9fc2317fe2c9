// Shrinking without turning: each output pixel is the mean of what lies under it.
#pragma once

#include <opencv2/core/mat.hpp>

#include "doppel/augment/fields.h"
#include "doppel/augment/matrix.h"

namespace doppel::augment {

/// True where output pixels are unturned and wider than two of the source's along an axis: `back` maps output
/// to source.
bool shrinks_straight(const Matrix3& back);

/// Along one axis: what each output pixel reads of the source, places with weights that sum to 1. A pixel
/// that is wider than one of the source's reads their overlaps, a narrower one between two centres.
class AreaAxis {
 public:
  AreaAxis() = default;
  /// Output pixel i covers [origin + i · step, origin + (i + 1) · step) of the source; step is negative where
  /// mirrored.
  AreaAxis(double origin, double step, int count, int source, Fill::Kind border);
  int taps() const { return places_.cols; }
  /// Place in the source, -1 for the border's colour.
  const int* places(int i) const { return places_.ptr<int>(i); }
  const float* weights(int i) const { return weights_.ptr<float>(i); }

 private:
  cv::Mat places_, weights_;  ///< pooled, count x taps
};

/// The whole picture, smaller.
cv::Mat shrunk(const cv::Mat& image, Size size);

/// Writes output row y, interleaved, from both axes' taps; `color` shows beyond the border. `sum` has room
/// for one row of the source.
void read_area(const cv::Mat& source, const AreaAxis& across, const AreaAxis& down,
               const std::array<float, 4>& color, int y, int width, float* sum, unsigned char* row);

}  // namespace doppel::augment
