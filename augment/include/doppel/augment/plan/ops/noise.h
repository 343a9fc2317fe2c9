// Noise: each a function of its seed and the place, so that any strip can be computed alone.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/augment/plan/ops/kind.h"
#include "doppel/base/fields.h"
#include "doppel/base/matrix.h"

namespace doppel::augment::op {

/// x' = clamp(x + n) (Additive) or clamp(x · (1 + n)) (Multiplicative), n of deviation `std`, drawn
/// for each channel or shared by a pixel's channels. n is a function of (seed, x, y, channel).
struct Noise {
  static constexpr std::string_view name = "Noise";
  static constexpr OpKind kind = OpKind::Pixel;
  /// Additive: x + n. Multiplicative: x · (1 + n).
  enum class Law { Additive, Multiplicative };
  /// Of n: symmetric about 0, of deviation `std`.
  enum class Distribution { Normal, Uniform, Laplace };
  /// Each: every channel draws its own n. Shared: a pixel's channels have one.
  enum class Channels { Each, Shared };
  Law law = Law::Additive;                           ///< added, or multiplied as 1 + n
  Distribution distribution = Distribution::Normal;  ///< of the noise
  Channels channels = Channels::Each;                ///< drawn for each channel or shared
  double std = 0;  ///< standard deviation of n, of the full range; Multiplicative: of x
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Noise&, const Noise&) = default;
};

/// Sets a share `amount` of pixels to white (share `salt` of them) or black.
struct SaltPepper {
  static constexpr std::string_view name = "SaltPepper";
  static constexpr OpKind kind = OpKind::Pixel;
  double amount = 0;          ///< share of the pixels, 0 to 1
  double salt = 0.5;          ///< share of them that turns white, 0 to 1
  bool each_channel = false;  ///< channels are hit apart
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const SaltPepper&, const SaltPepper&) = default;
};

/// Photon noise: a Poisson number of x · photons, divided by photons.
struct Shot {
  static constexpr std::string_view name = "Shot";
  static constexpr OpKind kind = OpKind::Pixel;
  double photons = 100;  ///< that a white pixel catches
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Shot&, const Shot&) = default;
};

/// Magnitude noise of MR images: sqrt((x + a)² + b²), a and b normal.
struct Rician {
  static constexpr std::string_view name = "Rician";
  static constexpr OpKind kind = OpKind::Pixel;
  double std = 0;  ///< of the full range
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Rician&, const Rician&) = default;
};

/// A camera at high gain. In linear light (x²): times `exposure`, then luma noise of variance read² + shot ·
/// y, and chroma noise, 1.5 times as strong, over blocks of 2x2 pixels; back by the root after `gain`.
struct Sensor {
  static constexpr std::string_view name = "Sensor";
  static constexpr OpKind kind = OpKind::Pixel;
  double exposure = 1;  ///< factor of the light, before the noise
  double read = 0;      ///< deviation in the dark, of the full range
  double shot = 0;      ///< variance per light
  double chroma = 1;    ///< times the usual chroma noise
  double gain = 1;      ///< factor of light and noise
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Sensor&, const Sensor&) = default;
};

/// Adds amplitude · w(x, y): stripes are a sine across `angle`, square its sign, checker the product of two
/// squares, moire the product of two sines whose periods differ by 5 % and angles by 3 degrees.
struct Pattern {
  static constexpr std::string_view name = "Pattern";
  static constexpr OpKind kind = OpKind::Pixel;
  /// Shape of w: see Pattern.
  enum class Kind { Stripes, Square, Checker, Moire };
  Kind pattern = Kind::Stripes;  ///< shape
  double amplitude = 0;          ///< of the full range
  double period = 8;             ///< pixels
  double angle = 0;              ///< degrees
  double phase = 0;              ///< turns
  void fields(FieldVisitor& visit);
  friend bool operator==(const Pattern&, const Pattern&) = default;
};

/// One normal offset for each band of `height` rows; columns as well where `columns` is above 0.
struct RowNoise {
  static constexpr std::string_view name = "RowNoise";
  static constexpr OpKind kind = OpKind::Pixel;
  double std = 0;      ///< rows, of the full range
  double columns = 0;  ///< columns, of the full range
  int height = 1;      ///< rows that share an offset, pixels
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const RowNoise&, const RowNoise&) = default;
};

/// Octaves of smooth noise, each half as fine and 2^(exponent/2) times as strong as the next, scaled to
/// `std`.
struct PinkNoise {
  static constexpr std::string_view name = "PinkNoise";
  static constexpr OpKind kind = OpKind::Pixel;
  double std = 0;       ///< of the full range
  double exponent = 1;  ///< of the fall with frequency
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const PinkNoise&, const PinkNoise&) = default;
};

/// Normal noise of grain `size`, weighted by 2·sqrt(y·(1 - y)): strongest in the mid-tones. The same in all
/// channels.
struct FilmGrain {
  static constexpr std::string_view name = "FilmGrain";
  static constexpr OpKind kind = OpKind::Pixel;
  double size = 1;  ///< pixels
  double std = 0;   ///< of the full range
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const FilmGrain&, const FilmGrain&) = default;
};

/// Sets a share of the pixels to a colour.
struct PixelDropout {
  static constexpr std::string_view name = "PixelDropout";
  static constexpr OpKind kind = OpKind::Pixel;
  double share = 0;                      ///< of the pixels, 0 to 1
  std::array<double, 3> color{0, 0, 0};  ///< that they take
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const PixelDropout&, const PixelDropout&) = default;
};

}  // namespace doppel::augment::op
