#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Pastes instances of another sample by its mask (Ghiasi 2021): each with a drawn chance, with
/// their boxes and keypoints. The sample's own visibility follows.
struct CopyPaste {
  static constexpr std::string_view name = "CopyPaste";
  static constexpr std::string_view help = "Pastes objects of another sample.";
  Range share{0.3, 0.7};  ///< of the instances, by chance each
  Range feather{0, 1};    ///< softness of the edge, pixels; 0: hard
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
