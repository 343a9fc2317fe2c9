// Loss of quality.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// Encodes as JPEG and decodes again.
struct JpegCompression {
  static constexpr std::string_view name = "JpegCompression";
  static constexpr std::string_view help = "JPEG's artefacts.";
  IntRange quality{50, 95};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Encodes as lossy WebP and decodes again.
struct WebpCompression {
  static constexpr std::string_view name = "WebpCompression";
  static constexpr std::string_view help = "WebP's artefacts.";
  IntRange quality{30, 90};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Shrinks and grows back.
struct Downscale {
  static constexpr std::string_view name = "Downscale";
  static constexpr std::string_view help = "Loses resolution.";
  Range factor{0.25, 0.75};
  Filter down = Filter::Area;
  Filter up = Filter::Nearest;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Squares of one colour.
struct Pixelate {
  static constexpr std::string_view name = "Pixelate";
  static constexpr std::string_view help = "Shows large pixels.";
  Range block{0.015, 0.06};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Few tones, mixed by an ordered pattern.
struct Dither {
  static constexpr std::string_view name = "Dither";
  static constexpr std::string_view help = "Dithers to few tones.";
  IntRange bits{1, 3};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// What a sensor's colour filters see, joined again bilinearly.
struct BayerMosaic {
  static constexpr std::string_view name = "BayerMosaic";
  static constexpr std::string_view help = "A sensor's colour mosaic.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Odd rows lag behind.
struct Interlace {
  static constexpr std::string_view name = "Interlace";
  static constexpr std::string_view help = "Tears odd and even rows apart.";
  Range shift{0.005, 0.03};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Red and blue are a little larger or smaller than green.
struct ChromaticAberration {
  static constexpr std::string_view name = "ChromaticAberration";
  static constexpr std::string_view help = "Colour fringes towards the edges.";
  Range shift{-0.012, 0.012};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Patches of near colour; a share of them shows its mean.
struct Superpixels {
  static constexpr std::string_view name = "Superpixels";
  static constexpr std::string_view help = "Flattens patches.";
  IntRange count{80, 200};
  Range share{0.1, 0.6};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Printed dots.
struct Halftone {
  static constexpr std::string_view name = "Halftone";
  static constexpr std::string_view help = "Prints in dots.";
  Range cell{0.015, 0.035};
  Range angle{0, 90};
  Range share{0.5, 1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
