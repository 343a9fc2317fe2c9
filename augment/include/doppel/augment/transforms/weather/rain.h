#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Streaks in three depth layers, slightly dimmed. Lengths scale with the short side. 0.2 is drizzle, 0.6
/// heavy, 1 a torrent.
struct Rain {
  static constexpr std::string_view name = "Rain";
  static constexpr std::string_view help = "Rain streaks.";
  Range amount{0.1, 0.7};
  Range slant{-20, 20};
  Range length{1, 1};
  Range width{1, 1};
  Range dim{1, 1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
