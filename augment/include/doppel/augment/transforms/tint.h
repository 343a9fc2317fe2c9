// Hue, tint and channels.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// Turns the hue in HSV. Leaves grey pictures as they are.
struct Hue {
  static constexpr std::string_view name = "Hue";
  static constexpr std::string_view help = "Turns the hue.";
  Range turn{-0.05, 0.05};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Adds to hue, saturation and value in HSV. Grey pixels keep saturation 0.
struct HueSaturationValue {
  static constexpr std::string_view name = "HueSaturationValue";
  static constexpr std::string_view help = "Shifts hue, saturation and value.";
  Range hue{-0.06, 0.06};
  Range saturation{-0.12, 0.12};
  Range value{-0.08, 0.08};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Rec. 601 luma to all channels.
struct Gray {
  static constexpr std::string_view name = "Gray";
  static constexpr std::string_view help = "Removes colour.";
  double p = 0.1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// The usual brown tint, blended in by `share`.
struct Sepia {
  static constexpr std::string_view name = "Sepia";
  static constexpr std::string_view help = "Tints brown.";
  Range share{1, 1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Permutes red, green and blue, all six orders alike.
struct ChannelShuffle {
  static constexpr std::string_view name = "ChannelShuffle";
  static constexpr std::string_view help = "Permutes the channels.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Sets `count` channels to a value, never all.
struct ChannelDropout {
  static constexpr std::string_view name = "ChannelDropout";
  static constexpr std::string_view help = "Drops a channel.";
  IntRange count{1, 1};
  double fill = 0;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Multiplies red and blue by a black body's colour against 6500 K (Planckian locus, Krystek 1985), green
/// staying; as often warmer as colder.
struct ColorTemperature {
  static constexpr std::string_view name = "ColorTemperature";
  static constexpr std::string_view help = "Makes the light warmer or colder.";
  Range kelvin{3000, 15000};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Adds each principal colour times N(0, sigma) times its deviation (Krizhevsky 2012), with the eigensystem
/// of ImageNet's RGB values.
struct PcaLighting {
  static constexpr std::string_view name = "PcaLighting";
  static constexpr std::string_view help = "Shifts colour along the data's own axes.";
  double sigma = 0.1;
  std::vector<double> values{0.2175, 0.0188, 0.0045};
  std::vector<double> vectors{-0.5675, 0.7192, 0.4009, -0.5808, -0.0045, -0.8140, -0.5836, -0.6948, 0.4203};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Luma through a ramp of three drawn colours: dark, middle, light.
struct Colorize {
  static constexpr std::string_view name = "Colorize";
  static constexpr std::string_view help = "Recolours by brightness.";
  Range share{0.5, 1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// SSD's (Liu 2016): brightness, contrast (before or after), saturation, hue, and a permutation of channels,
/// each with its own chance of one half.
struct PhotometricDistort {
  static constexpr std::string_view name = "PhotometricDistort";
  static constexpr std::string_view help =
      "Brightness, contrast, saturation, hue and channel order, each by chance.";
  Range brightness{0.875, 1.125};
  Range contrast{0.5, 1.5};
  Range saturation{0.5, 1.5};
  Range hue{-0.05, 0.05};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Haematoxylin and eosin in optical density: each stain's amount times `gain` plus `shift` (Tellez 2018).
struct StainShift {
  static constexpr std::string_view name = "StainShift";
  static constexpr std::string_view help = "Varies the stains of a tissue slide.";
  Range gain{0.7, 1.3};
  Range shift{-0.2, 0.2};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
