#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// SSD's crop (Liu 2016): a least overlap is drawn among `options` (1: no crop), then up to 40 windows until
/// one holds an object's centre and overlaps one box by that much. Objects whose centre is outside are
/// dropped.
struct RandomIouCrop {
  static constexpr std::string_view name = "RandomIouCrop";
  static constexpr std::string_view help = "Cuts around objects by their overlap.";
  double min_scale = 0.3;  ///< least side of a window, share of the image's
  Range ratio{0.5, 2};     ///< width over height that a window may have
  std::vector<double> options{0, 0.1, 0.3, 0.5, 0.7, 0.9, 1};  ///< least IoU; 1: no crop
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
