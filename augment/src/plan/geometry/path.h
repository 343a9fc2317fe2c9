// From output places back to source places, through a run of geometric ops.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/pooled_vector.h"
#include "field.h"

namespace doppel::augment {

/// The way back through a run: matrices and fields in turn, composed place by place (for fields d1, d2:
/// d = d1∘(I + d2) + d2), so that the image is read once.
class Path {
 public:
  /// Of `ops`, all Geometry or Wall, on an image of `size`.
  Path(std::span<const Op> ops, Size size);

  Point source(Point p) const;
  /// Source places of output pixel centres (first + i + 0.5, y + 0.5).
  void row(int first, int y, int n, float* u, float* v) const;
  /// The source is scaled by (sx, sy): places follow.
  void scale_source(double sx, double sy);
  /// The whole way as one matrix, output to source; null where fields bend it.
  const Matrix3* matrix() const { return steps_.size() == 1 && !steps_[0].field ? &steps_[0].map : nullptr; }
  /// Source pixels under one output pixel, along the widest direction, at an output place.
  double stretch(Point p) const;

 private:
  struct Step {
    explicit Step(const Matrix3& matrix) : map(matrix) {}
    explicit Step(Field bend) : field(std::move(bend)) {}
    Matrix3 map;  ///< applied where there is no field
    std::optional<Field> field;
  };
  PooledVector<Step> steps_;  ///< from output to source
};

}  // namespace doppel::augment
