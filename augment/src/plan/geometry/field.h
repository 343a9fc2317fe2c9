// Bends: displacement fields, from output places to source places.
#pragma once

#include <memory>
#include <vector>

#include "base/pooled_vector.h"
#include "doppel/augment/plan/op.h"

namespace doppel::augment {

/// A displacement in pixels on a lattice of nodes, read between them bilinearly, or linearly in the two
/// triangles of each cell. Beyond the outer nodes the displacement holds. All bends are such a lattice, fine
/// enough that its straight pieces don't show: so one loop serves all of them, and targets move by exactly
/// the map that the pixels do.
class Field {
 public:
  enum class Between { Bilinear, Triangles };
  /// Nodes at (i · width / (cols - 1), j · height / (rows - 1)) of an image of `size`.
  Field(Size size, int rows, int cols, Between between = Between::Bilinear);

  int rows() const { return rows_; }
  int cols() const { return cols_; }
  /// The place of node (row, col).
  Point node(int row, int col) const { return {col * step_x_, row * step_y_}; }
  void set(int row, int col, Point displacement);
  Point at(int row, int col) const;
  /// Scales all displacements down until no part of the image folds over (every cell's determinant is above
  /// 0.1).
  void unfold();

  /// Source places of output pixel centres (first + i + 0.5, y + 0.5).
  void row(int first, int y, int n, float* u, float* v) const;
  /// Any places, in place.
  void points(int n, float* u, float* v) const;
  /// The source place of an output place, in double.
  Point source(Point p) const;
  /// The output place of a source place, to 1e-6 pixels where the field doesn't fold.
  Point forward(Point p) const;

 private:
  Size size_;
  int rows_, cols_;
  Between between_;
  double step_x_, step_y_;
  PooledVector<float> dx_, dy_;
};

/// True for ops that are fields.
bool is_bend(const Op& op);
/// The field of a bend on an image of `size`.
Field make_field(const Op& op, Size size);

}  // namespace doppel::augment
