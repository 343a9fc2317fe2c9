#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Adds each principal colour times N(0, sigma) times its deviation (Krizhevsky 2012), with the eigensystem
/// of ImageNet's RGB values.
struct PcaLighting {
  static constexpr std::string_view name = "PcaLighting";
  static constexpr std::string_view help = "Shifts colour along the data's own axes.";
  double sigma = 0.1;                                  ///< deviation of the multiples
  std::vector<double> values{0.2175, 0.0188, 0.0045};  ///< deviations along the axes, of the full range
  /// The axes as a 3x3 matrix: rows r, g and b, a column for each axis.
  std::vector<double> vectors{-0.5675, 0.7192, 0.4009, -0.5808, -0.0045, -0.8140, -0.5836, -0.6948, 0.4203};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
