#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Fall: flakes in three depth layers, blurred along the wind. Settle: surfaces that are light and face up
/// turn white in HLS; mid-dark surfaces are lifted a little, too.
struct Snow {
  static constexpr std::string_view name = "Snow";
  static constexpr std::string_view help = "Snow in the air, on the ground, or both.";
  /// Flakes in the air, snow on the ground, or both.
  enum class Mode { Fall, Settle, Both };
  Range amount{0.2, 0.8};  ///< 0 to 1; 0 changes nothing
  Mode mode = Mode::Fall;  ///< where the snow is
  Range wind{-30, 30};     ///< of flakes, degrees from the vertical; positive falls to the right
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
