// Noise. Standard deviations are shares of the full range. Each op holds one seed, never an array.
#pragma once

#include "doppel/augment/transform.h"

namespace doppel::augment {

/// x' = x + n, n normal.
struct GaussianNoise {
  static constexpr std::string_view name = "GaussianNoise";
  static constexpr std::string_view help = "Adds normal noise.";
  Range std{0.02, 0.1};
  bool per_channel = true;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// x' = x · (1 + n), n normal.
struct SpeckleNoise {
  static constexpr std::string_view name = "SpeckleNoise";
  static constexpr std::string_view help = "Multiplies by normal noise about 1.";
  Range std{0.1, 0.3};
  bool per_channel = true;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Single pixels become white (a share `salt_share` of them) or black.
struct SaltPepper {
  static constexpr std::string_view name = "SaltPepper";
  static constexpr std::string_view help = "Turns single pixels white or black.";
  Range amount{0.01, 0.06};
  Range salt_share{0.4, 0.6};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
