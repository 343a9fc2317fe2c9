// The masks of the weather ops. Both renderers draw them from the op alone.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>
#include <vector>

#include "doppel/augment/op.h"

namespace doppel::augment {

/// A short thick line with soft edges: a rain streak or a flake in motion. Pixels; opacity is that of its
/// centre.
struct Capsule {
  float x0, y0, x1, y1, radius, softness, opacity, taper;
};

/// Streaks or flakes over a picture of `size`, by their uppermost row, so that any row can be drawn alone.
class CapsuleLayer {
 public:
  CapsuleLayer(const op::Rain& rain, Size size);
  CapsuleLayer(const op::SnowFall& snow, Size size);
  /// Multiplies `transmission` of row y by (1 - opacity · coverage) of every capsule.
  void row(int y, std::span<float> transmission) const;
  const std::vector<Capsule>& capsules() const { return capsules_; }

 private:
  void sort_rows();
  std::vector<Capsule> capsules_;
  float tallest_ = 0;
};

/// The share of light that a fog lets through, per pixel (CV_32F).
cv::Mat fog_transmission(const op::Fog& fog, Size size);

}  // namespace doppel::augment
