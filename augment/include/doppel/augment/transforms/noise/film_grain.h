#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Grain, strongest in the mid-tones, alike in all channels.
struct FilmGrain {
  static constexpr std::string_view name = "FilmGrain";
  static constexpr std::string_view help = "Adds the grain of film.";
  Range size{0.002, 0.008};  ///< of a grain, share of the short side; at least a pixel
  Range std{0.03, 0.1};      ///< deviation at half grey, share of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
