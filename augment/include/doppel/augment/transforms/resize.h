// Changes of size.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// Scales so that the longer side has this length.
struct LongestSide {
  static constexpr std::string_view name = "LongestSide";
  static constexpr std::string_view help = "Scales by the longer side.";
  int size = 256;
  Filter filter = Filter::Bilinear;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Scales so that the shorter side has this length.
struct ShortestSide {
  static constexpr std::string_view name = "ShortestSide";
  static constexpr std::string_view help = "Scales by the shorter side.";
  int size = 256;
  Filter filter = Filter::Bilinear;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Scales both sides by a drawn factor.
struct RandomScale {
  static constexpr std::string_view name = "RandomScale";
  static constexpr std::string_view help = "Scales by a drawn factor.";
  Range factor{0.8, 1.25};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Scales to fit `size`, times a drawn factor (large-scale jittering; Ghiasi 2021).
struct ScaleJitter {
  static constexpr std::string_view name = "ScaleJitter";
  static constexpr std::string_view help = "Scales widely about a size.";
  Size size{0, 0};
  Range scale{0.5, 1.5};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Scales to fit and pads to exactly `size`.
struct Letterbox {
  static constexpr std::string_view name = "Letterbox";
  static constexpr std::string_view help = "Fits into a size with bars.";
  Size size{256, 256};
  Fill fill{};
  Filter filter = Filter::Bilinear;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// SSD's expansion (Liu 2016): pastes the picture at a random place of a canvas of a drawn size, then scales
/// it back.
struct ZoomOut {
  static constexpr std::string_view name = "ZoomOut";
  static constexpr std::string_view help = "Shows the picture small on a larger canvas.";
  Range side{1, 3};
  Fill fill{};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
