// Streaks, flakes and specks: capsules sorted by row, so that any row can be drawn alone.
#pragma once

#include <span>
#include <vector>

#include "base/pooled_vector.h"
#include "doppel/augment/plan/op.h"

namespace doppel::augment {

/// A line with round soft ends.
struct Capsule {
  float x0, y0, x1, y1, radius, softness, opacity, taper;
};

class CapsuleLayer {
 public:
  CapsuleLayer(const op::Rain& rain, Size size);
  CapsuleLayer(const op::SnowFall& snow, Size size);
  CapsuleLayer(const op::Specks& specks, Size size);
  /// Multiplies `transmission` by what each capsule lets through on row y.
  void row(int y, std::span<float> transmission) const;

 private:
  void sort_rows();
  PooledVector<Capsule> capsules_;
  float tallest_ = 0;
};

}  // namespace doppel::augment
