// Noise. Magnitudes are shares of the full range, so that 8-bit and float pictures behave alike.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// Adds normal noise.
struct GaussianNoise {
  static constexpr std::string_view name = "GaussianNoise";
  static constexpr std::string_view help = "Adds normal noise.";
  Range std{0.02, 0.1};
  bool per_channel = true;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Adds uniform noise of this deviation (it spans 3.46 of them).
struct UniformNoise {
  static constexpr std::string_view name = "UniformNoise";
  static constexpr std::string_view help = "Adds uniform noise.";
  Range std{0.02, 0.1};
  bool per_channel = true;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Adds Laplace noise: more often small, sometimes large.
struct LaplaceNoise {
  static constexpr std::string_view name = "LaplaceNoise";
  static constexpr std::string_view help = "Adds Laplace noise.";
  Range std{0.02, 0.1};
  bool per_channel = true;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// x' = x·(1 + n), n normal.
struct SpeckleNoise {
  static constexpr std::string_view name = "SpeckleNoise";
  static constexpr std::string_view help = "Multiplies by 1 + normal noise.";
  Range std{0.05, 0.2};
  bool per_channel = true;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Poisson noise of light: x·photons is counted.
struct ShotNoise {
  static constexpr std::string_view name = "ShotNoise";
  static constexpr std::string_view help = "Photon noise, as in little light.";
  Range photons{30, 300};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Sets a share of the pixels to white or black.
struct SaltPepper {
  static constexpr std::string_view name = "SaltPepper";
  static constexpr std::string_view help = "Sets pixels to white or black.";
  Range amount{0.01, 0.06};
  Range salt_share{0.4, 0.6};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// A camera at high sensitivity: read and shot noise in the luma, coarser noise in the colours, in linear
/// light.
struct IsoNoise {
  static constexpr std::string_view name = "IsoNoise";
  static constexpr std::string_view help = "Camera noise of an ISO speed.";
  Range iso{800, 12800};
  double color = 1;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Adds a regular pattern: stripes, square stripes, checker, moiré, or banding of rows.
struct PatternNoise {
  static constexpr std::string_view name = "PatternNoise";
  static constexpr std::string_view help = "Adds stripes, checkers, moiré or banding.";
  enum class Kind { Stripes, Square, Checker, Moire, Banding, Any };
  Kind pattern = Kind::Any;
  Range amplitude{0.02, 0.08};
  Range period{0.01, 0.06};
  Range angle{0, 180};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// One normal offset for each row (and column).
struct RowNoise {
  static constexpr std::string_view name = "RowNoise";
  static constexpr std::string_view help = "Sensor lines.";
  Range std{0.01, 0.05};
  Range columns{0, 0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Noise whose power falls with frequency, as 1/f for exponent 1.
struct PinkNoise {
  static constexpr std::string_view name = "PinkNoise";
  static constexpr std::string_view help = "Adds cloudy noise.";
  Range std{0.02, 0.1};
  double exponent = 1;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Grain, strongest in the mid-tones, alike in all channels.
struct FilmGrain {
  static constexpr std::string_view name = "FilmGrain";
  static constexpr std::string_view help = "Adds the grain of film.";
  Range size{0.002, 0.008};
  Range std{0.03, 0.1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Sets a share of the pixels to a colour.
struct PixelDropout {
  static constexpr std::string_view name = "PixelDropout";
  static constexpr std::string_view help = "Drops single pixels.";
  Range share{0.01, 0.05};
  std::vector<double> color{0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Noise of magnitude images (MR): sqrt((x + a)² + b²).
struct RicianNoise {
  static constexpr std::string_view name = "RicianNoise";
  static constexpr std::string_view help = "Noise of MR images.";
  Range std{0.02, 0.1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Less light, then what a camera makes of it: noise at the higher gain that it needs.
struct LowLight {
  static constexpr std::string_view name = "LowLight";
  static constexpr std::string_view help = "Darkens, with the noise of darkness.";
  Range exposure{0.15, 0.5};
  Range iso{400, 3200};
  Range gain{1, 1.5};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
