// Tone: each channel through a curve.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// x' = (1 + contrast)·(x - mean luma) + mean luma + brightness.
struct BrightnessContrast {
  static constexpr std::string_view name = "BrightnessContrast";
  static constexpr std::string_view help = "Changes brightness and contrast together.";
  Range brightness{-0.2, 0.2};
  Range contrast{-0.2, 0.2};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// x' = x^gamma.
struct Gamma {
  static constexpr std::string_view name = "Gamma";
  static constexpr std::string_view help = "Raises values to a power.";
  Range gamma{0.8, 1.25};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// A monotone cubic through the corners and two inner points, each moved up or down by up to `limit`.
struct ToneCurve {
  static constexpr std::string_view name = "ToneCurve";
  static constexpr std::string_view help = "Bends the tone curve.";
  double limit = 0.1;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// A contrast curve: sigmoid 1 / (1 + exp(gain·(cutoff - x))), or log gain·log2(1 + x).
struct ContrastCurve {
  static constexpr std::string_view name = "ContrastCurve";
  static constexpr std::string_view help = "Sigmoid or logarithmic contrast.";
  op::Contour::Shape shape = op::Contour::Shape::Sigmoid;
  Range gain{5, 8};
  Range cutoff{0.4, 0.6};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Inverts values at and above the threshold.
struct Solarize {
  static constexpr std::string_view name = "Solarize";
  static constexpr std::string_view help = "Inverts what is light.";
  Range threshold{0.5, 0.5};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Adds to values below the threshold.
struct SolarizeAdd {
  static constexpr std::string_view name = "SolarizeAdd";
  static constexpr std::string_view help = "Lightens what is dark.";
  Range amount{0, 0.43};
  Range threshold{0.5, 0.5};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Keeps the top bits of each 8-bit channel.
struct Posterize {
  static constexpr std::string_view name = "Posterize";
  static constexpr std::string_view help = "Reduces the number of tones.";
  IntRange bits{4, 4};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Stretches each channel to the full range.
struct AutoContrast {
  static constexpr std::string_view name = "AutoContrast";
  static constexpr std::string_view help = "Stretches each channel.";
  Range cutoff{0, 0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Flattens each channel's histogram.
struct Equalize {
  static constexpr std::string_view name = "Equalize";
  static constexpr std::string_view help = "Equalises the histogram.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Contrast-limited adaptive equalisation of the lightness.
struct Clahe {
  static constexpr std::string_view name = "Clahe";
  static constexpr std::string_view help = "Equalises tile by tile.";
  Range clip{1, 4};
  int tiles = 8;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Moves each channel's distribution towards that of one of the reference pictures.
struct HistogramMatch {
  static constexpr std::string_view name = "HistogramMatch";
  static constexpr std::string_view help = "Takes on another picture's tones.";
  std::vector<std::string> references{};
  Range blend{0.5, 1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Multiplies so that the mean luma becomes a drawn value; the gain is held within [0.5, 3].
struct ExposureMatch {
  static constexpr std::string_view name = "ExposureMatch";
  static constexpr std::string_view help = "Brings the picture to a drawn brightness.";
  Range mean{0.2, 0.6};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Takes the amplitude of the lowest frequencies from a reference (Yang and Soatto 2020).
struct FourierAdapt {
  static constexpr std::string_view name = "FourierAdapt";
  static constexpr std::string_view help = "Takes on another picture's look.";
  std::vector<std::string> references{};
  Range beta{0, 0.05};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// (x - mean) / deviation, each channel by the picture's own; must come last.
struct Standardize {
  static constexpr std::string_view name = "Standardize";
  static constexpr std::string_view help = "Gives each picture mean 0 and deviation 1.";
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
