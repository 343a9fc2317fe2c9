#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Streaks in three depth layers, slightly dimmed. Lengths scale with the short side. 0.2 is drizzle, 0.6
/// heavy, 1 a torrent.
struct Rain {
  static constexpr std::string_view name = "Rain";
  static constexpr std::string_view help = "Rain streaks.";
  Range amount{0.1, 0.7};  ///< 0 to 1; 0 changes nothing
  Range slant{-20, 20};    ///< degrees from the vertical; positive falls to the right
  Range length{1, 1};      ///< times the usual length of a streak
  Range width{1, 1};       ///< times the usual width of a streak
  Range dim{1, 1};         ///< times the usual dimming
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
