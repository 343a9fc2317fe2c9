// One resampling: the fused geometry of a run of ops.
#pragma once

#include <opencv2/core/mat.hpp>

#include "doppel/augment/op.h"

namespace doppel::augment {

/// The index that a border rule shows at place i of n, or -1 for a colour.
int border_index(int i, int n, Fill::Kind kind);

/// How often a picture is halved before `to_source` (output to source) reads it bilinearly: until less than
/// two source pixels lie under one output pixel, at the centre of the output.
int halvings(const Matrix3& to_source, Size out);

/// Half as large by 2x2 means; an odd last row or column counts twice.
cv::Mat halve(const cv::Mat& image);

/// Reads output rows from a source through a map. The source must outlive it.
class Sampler {
 public:
  Sampler(const cv::Mat& source, const Matrix3& to_source, Size out, const Fill& fill, Filter filter);
  Size size() const { return out_; }
  int type() const { return source_.type(); }
  /// Writes rows [first, last) to `rows`, interleaved, `stride` bytes apart.
  void read(int first, int last, unsigned char* rows, std::size_t stride) const;

 private:
  enum class Way { Lattice, Nearest, Bilinear };
  void read_lattice(int y, unsigned char* row) const;
  void read_nearest(int y, unsigned char* row) const;

  cv::Mat source_;
  Matrix3 map_;
  Size out_;
  Fill fill_;
  Way way_;
};

}  // namespace doppel::augment
