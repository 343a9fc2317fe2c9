// Weather. Everything scales with the short side s of the picture, so a 32x32 and a 1024x1024 picture look
// alike. Amount 0 is the identity.
#pragma once

#include "doppel/augment/transform.h"

namespace doppel::augment {

/// Three depth layers z = 1, 2, 3 of anti-aliased streaks with tapered ends (40, 120 and 300 times `amount`
/// per 4/3 s² of area; lengths .12, .07, .04 s; widths .004, .0025, .0015 s), all slanted alike but for 2
/// degrees, over a picture whose contrast and brightness sink with the amount. `amount` may be drizzle, heavy
/// or torrent in YAML.
struct Rain {
  static constexpr std::string_view name = "Rain";
  static constexpr std::string_view help = "Rain: streaks in depth, and a dimmer picture.";
  Range amount{0.2, 0.8};
  Range slant{-15, 15};
  Range length{0.8, 1.2};
  Range width{0.8, 1.2};
  Range dim{1, 1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Fall: round soft flakes in three depth layers, blurred along the wind. Settle: light surfaces that face up
/// whiten in HLS; like every published version it lifts mid-dark pixels too where the amount is high.
struct Snow {
  static constexpr std::string_view name = "Snow";
  static constexpr std::string_view help = "Snow that falls, or that lies.";
  enum class Mode { Fall, Settle, Both };
  Range amount{0.2, 0.8};
  Mode mode = Mode::Fall;
  Range wind{-30, 30};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Blends towards a grey airlight by Koschmieder's law with a synthetic depth: thickest at the horizon (drawn
/// at .25 to .45 of the height), thin at the bottom edge; density 1 is an optical depth of 3. Patches are 1/f
/// noise.
struct Fog {
  static constexpr std::string_view name = "Fog";
  static constexpr std::string_view help = "Fog, thicker towards the horizon, in patches.";
  Range density{0.15, 0.7};
  Range patchiness{0.2, 0.6};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
