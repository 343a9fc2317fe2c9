// Colour, each pixel from itself. Factors of 1 and shifts of 0 change nothing. Grey pictures: see each
// transform.
#pragma once

#include "doppel/augment/transform.h"

namespace doppel::augment {

/// Adds one offset to each channel, in shares of the full range. A grey picture takes the offset of r.
struct ColorShift {
  static constexpr std::string_view name = "ColorShift";
  static constexpr std::string_view help = "Adds an offset to each colour channel.";
  Range r{-0.08, 0.08}, g{-0.08, 0.08}, b{-0.08, 0.08};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// x' = factor · x.
struct Brightness {
  static constexpr std::string_view name = "Brightness";
  static constexpr std::string_view help = "Multiplies all channels by a factor.";
  Range factor{0.8, 1.2};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// x' = factor · x + (1 - factor) · mean luma.
struct Contrast {
  static constexpr std::string_view name = "Contrast";
  static constexpr std::string_view help = "Spreads values about the picture's mean grey.";
  Range factor{0.8, 1.2};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// colour' = factor · colour + (1 - factor) · luma (Rec. 601). Leaves grey pictures as they are.
struct Saturation {
  static constexpr std::string_view name = "Saturation";
  static constexpr std::string_view help = "Blends each pixel with its own grey.";
  Range factor{0.6, 1.4};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Brightness, contrast, saturation and hue in an order drawn at random (torchvision's definition; result
/// clamped after each). Hue is in turns of the full circle.
struct ColorJitter {
  static constexpr std::string_view name = "ColorJitter";
  static constexpr std::string_view help = "Brightness, contrast, saturation and hue, in random order.";
  Range brightness{0.8, 1.2}, contrast{0.8, 1.2}, saturation{0.8, 1.2}, hue{-0.05, 0.05};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// x' = 1 - x.
struct Negative {
  static constexpr std::string_view name = "Negative";
  static constexpr std::string_view help = "Inverts all values.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// x' = (x - mean) / std per channel, in shares of the full range; the result is float. `imagenet` takes the
/// usual mean and std of that data set, `dataset` those that a loader measured (Recipe::bind_statistics);
/// both ignore the two lists. Must be last.
struct Normalize {
  static constexpr std::string_view name = "Normalize";
  static constexpr std::string_view help =
      "Subtracts a mean and divides by a standard deviation, per channel.";
  enum class Preset { Custom, Imagenet, Dataset };
  std::vector<double> mean{0.5}, std{0.5};
  Preset preset = Preset::Custom;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// The colour matrices that the transforms above draw.
op::ColorMatrix brightness_matrix(double factor);
op::ColorMatrix saturation_matrix(double factor);

}  // namespace doppel::augment
