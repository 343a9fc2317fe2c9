// Shrinking without turning: each output pixel is the mean of what lies under it.
#pragma once

#include <opencv2/core/mat.hpp>

#include "base/pooled_vector.h"
#include "doppel/base/fields.h"
#include "doppel/base/matrix.h"

namespace doppel::augment {

/// True where output pixels are unturned and wider than two of the source's along an axis: `back` maps output
/// to source.
bool shrinks_straight(const Matrix3& back, double least = 2);

/// Along one axis: what each output pixel reads of the source, places with weights that sum to 1. A pixel
/// that is wider than one of the source's reads their overlaps, a narrower one between two centres.
class AreaAxis {
 public:
  /// Output pixel i covers [origin + i · step, origin + (i + 1) · step); step is negative where mirrored.
  struct Range {
    double origin = 0, step = 1;
    int count = 0;
  };
  /// Between: always between two centres, as bilinear filtering does, however wide the output's pixels are.
  enum class Reads { Areas, Between };
  AreaAxis(const Range& range, int source, Fill::Kind border, Reads reads);
  int taps() const { return places_.cols; }
  /// Place in the source, -1 for the border's colour.
  int* places(int i) const { return const_cast<int*>(places_.ptr<int>(i)); }
  const float* weights(int i) const { return weights_.ptr<float>(i); }

 private:
  cv::Mat places_, weights_;  ///< pooled, count x taps
};

/// Reads an image's rows that way, one after the other.
class AreaReader {
 public:
  /// `color`, of each channel in numbers of the source, shows beyond the border where that has one.
  AreaReader(const cv::Mat& source, const AreaAxis::Range& across, const AreaAxis::Range& down,
             Fill::Kind border, const float* color = nullptr, AreaAxis::Reads reads = AreaAxis::Reads::Areas);
  /// Writes output row y, interleaved, of the source's type.
  void read(int y, unsigned char* row);

 private:
  template <class T>
  void read_typed(int y, T* row);

  cv::Mat source_;
  AreaAxis across_, down_;
  int width_;
  cv::Mat sum_;                     ///< pooled: a row's sums, one pixel of the border's colour, padding
  cv::Mat beyond_;                  ///< pooled: a row of the border's colour, where one is needed
  PooledVector<const void*> rows_;  ///< those below the row that is read
  PooledVector<float> shares_;
};

/// The whole image, smaller.
cv::Mat shrunk(const cv::Mat& image, Size size);

}  // namespace doppel::augment
