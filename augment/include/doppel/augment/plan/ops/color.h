// Colour and tone of single pixels. Values are clamped to [0, 1] after each.
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

/// colour' = clamp(M · (r, g, b, 1)), M 3x4 row-major. A grey image g takes the first row as if r = g = b =
/// grey.
struct ColorMatrix {
  static constexpr std::string_view name = "ColorMatrix";
  static constexpr OpKind kind = OpKind::Pixel;
  std::array<double, 12> matrix{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};  ///< M; its last column is added
  void fields(FieldVisitor& visit);
  friend bool operator==(const ColorMatrix&, const ColorMatrix&) = default;
};

/// x' = clamp(factor · x + (1 - factor) · mean luma of the image at this point + offset); Rec. 601 luma.
/// With `per_channel` about each channel's own mean.
struct Contrast {
  static constexpr std::string_view name = "Contrast";
  static constexpr OpKind kind = OpKind::Pixel;
  double factor = 1;         ///< 1 changes nothing, 0 gives the mean
  bool per_channel = false;  ///< about each channel's own mean
  double offset = 0;         ///< added, of the full range
  void fields(FieldVisitor& visit);
  friend bool operator==(const Contrast&, const Contrast&) = default;
};

/// In HSV: hue turned by `turn` of a full circle, saturation · gain + saturation, value + value. Grey
/// images keep only the change of value.
struct Hsv {
  static constexpr std::string_view name = "Hsv";
  static constexpr OpKind kind = OpKind::Pixel;
  double turn = 0;        ///< turns
  double gain = 1;        ///< factor of the saturation
  double saturation = 0;  ///< added
  double value = 0;       ///< added
  void fields(FieldVisitor& visit);
  friend bool operator==(const Hsv&, const Hsv&) = default;
};

/// x' = x^gamma.
struct Gamma {
  static constexpr std::string_view name = "Gamma";
  static constexpr OpKind kind = OpKind::Pixel;
  double gamma = 1;  ///< below 1 brightens
  void fields(FieldVisitor& visit);
  friend bool operator==(const Gamma&, const Gamma&) = default;
};

/// A monotone cubic (Fritsch and Carlson 1980) through points (i / (n - 1), y[i]), the same for each channel.
struct Curve {
  static constexpr std::string_view name = "Curve";
  static constexpr OpKind kind = OpKind::Pixel;
  std::vector<double> y{};  ///< heights at even steps
  void fields(FieldVisitor& visit);
  friend bool operator==(const Curve&, const Curve&) = default;
};

/// A contrast curve about the middle. Sigmoid: 1 / (1 + exp(gain·(cutoff - x))); Log: gain·log2(1 + x).
struct Contour {
  static constexpr std::string_view name = "Contour";
  static constexpr OpKind kind = OpKind::Pixel;
  /// Which curve: see Contour.
  enum class Shape { Sigmoid, Log };
  Shape shape = Shape::Sigmoid;  ///< which curve
  double gain = 1;               ///< steepness
  double cutoff = 0.5;           ///< the sigmoid's middle
  void fields(FieldVisitor& visit);
  friend bool operator==(const Contour&, const Contour&) = default;
};

/// Invert: 1 - x where x >= threshold. Add: x + amount where x < threshold.
struct Solarize {
  static constexpr std::string_view name = "Solarize";
  static constexpr OpKind kind = OpKind::Pixel;
  /// Inverts from the threshold on, or adds below it.
  enum class Mode { Invert, Add };
  Mode mode = Mode::Invert;  ///< what happens
  double threshold = 0.5;    ///< of the full range
  double amount = 0;         ///< for add, of the full range
  void fields(FieldVisitor& visit);
  friend bool operator==(const Solarize&, const Solarize&) = default;
};

/// Keeps the top `bits` bits of each 8-bit channel.
struct Posterize {
  static constexpr std::string_view name = "Posterize";
  static constexpr OpKind kind = OpKind::Pixel;
  int bits = 8;  ///< kept of each channel, 1 to 8; 8 changes nothing
  void fields(FieldVisitor& visit);
  friend bool operator==(const Posterize&, const Posterize&) = default;
};

/// Stretches each channel so that the darkest and lightest `cutoff` share of pixels lie at 0 and 1.
struct AutoContrast {
  static constexpr std::string_view name = "AutoContrast";
  static constexpr OpKind kind = OpKind::Pixel;
  double cutoff = 0;  ///< share cut at each end
  void fields(FieldVisitor& visit);
  friend bool operator==(const AutoContrast&, const AutoContrast&) = default;
};

/// Each channel's histogram made flat, with OpenCV's rounding.
struct Equalize {
  static constexpr std::string_view name = "Equalize";
  static constexpr OpKind kind = OpKind::Pixel;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Equalize&, const Equalize&) = default;
};

/// Each channel's distribution moved to the one given by quantiles at even steps (r, then g, then b), blended
/// in by `share`.
struct MatchHistogram {
  static constexpr std::string_view name = "MatchHistogram";
  static constexpr OpKind kind = OpKind::Pixel;
  std::vector<double> quantiles{};  ///< as many for each of three channels
  double share = 1;                 ///< of the result
  void fields(FieldVisitor& visit);
  friend bool operator==(const MatchHistogram&, const MatchHistogram&) = default;
};

/// Multiplies by target / mean luma, held within [low, high].
struct Exposure {
  static constexpr std::string_view name = "Exposure";
  static constexpr OpKind kind = OpKind::Pixel;
  double target = 0.5;  ///< mean luma, of the full range
  double low = 0.5;     ///< least gain
  double high = 3;      ///< most gain
  void fields(FieldVisitor& visit);
  friend bool operator==(const Exposure&, const Exposure&) = default;
};

/// Luma through a ramp of three colours, blended in by `share`.
struct Colorize {
  static constexpr std::string_view name = "Colorize";
  static constexpr OpKind kind = OpKind::Pixel;
  std::array<double, 3> black{0, 0, 0};         ///< at luma 0
  std::array<double, 3> middle{0.5, 0.5, 0.5};  ///< at one half
  std::array<double, 3> white{1, 1, 1};         ///< at luma 1
  double share = 1;                             ///< of the result
  void fields(FieldVisitor& visit);
  friend bool operator==(const Colorize&, const Colorize&) = default;
};

/// Haematoxylin and eosin in optical density (Ruifrok and Johnston 2001): each stain's amount · gain + shift.
struct Stain {
  static constexpr std::string_view name = "Stain";
  static constexpr OpKind kind = OpKind::Pixel;
  double gain_h = 1;   ///< factor of haematoxylin, 0 to 10
  double gain_e = 1;   ///< factor of eosin, 0 to 10
  double shift_h = 0;  ///< added to haematoxylin, -2 to 2; natural optical density
  double shift_e = 0;  ///< added to eosin, as shift_h
  void fields(FieldVisitor& visit);
  friend bool operator==(const Stain&, const Stain&) = default;
};

/// Rounds to 2^bits levels after adding an ordered 8x8 Bayer threshold.
struct Dither {
  static constexpr std::string_view name = "Dither";
  static constexpr OpKind kind = OpKind::Pixel;
  int bits = 1;  ///< that are left of each channel, 1 to 8
  void fields(FieldVisitor& visit);
  friend bool operator==(const Dither&, const Dither&) = default;
};

/// x' = (x - mean) / std per channel (one value serves all); not clamped, so always the last op.
/// `per_image` takes the image's own mean and deviation per channel instead (deviation at least 1/255);
/// `together`: those of all its channels as one; `only_mean`: it divides by nothing.
struct Normalize {
  static constexpr std::string_view name = "Normalize";
  static constexpr OpKind kind = OpKind::Pixel;
  std::vector<double> mean{0};  ///< of the full range; one value, or one per channel
  std::vector<double> std{1};   ///< of the full range, above 0; one value, or one per channel
  bool per_image = false;       ///< the image's own mean and deviation instead
  bool together = false;        ///< of those: one mean and deviation for all channels
  bool only_mean = false;       ///< of those: the mean alone
  void fields(FieldVisitor& visit);
  friend bool operator==(const Normalize&, const Normalize&) = default;
};

}  // namespace doppel::augment::op
