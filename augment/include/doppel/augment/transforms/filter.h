// Filters that sharpen, emboss and find edges.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// (1 - amount)·x + amount·(x + lightness·(8·x - its eight neighbours)): flat areas keep their value.
struct Sharpen {
  static constexpr std::string_view name = "Sharpen";
  static constexpr std::string_view help = "Sharpens.";
  Range amount{0.2, 0.5};
  Range lightness{0.3, 0.8};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// x + amount·(x - Gaussian) where the difference is above the threshold.
struct UnsharpMask {
  static constexpr std::string_view name = "UnsharpMask";
  static constexpr std::string_view help = "Sharpens edges above a threshold.";
  Range sigma{0.8, 2};
  Range amount{0.3, 1};
  double threshold = 0.04;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Light from the upper left on a relief, blended in.
struct Emboss {
  static constexpr std::string_view name = "Emboss";
  static constexpr std::string_view help = "Embosses.";
  Range amount{0.2, 0.6};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Sobel's gradient magnitude, blended in.
struct EdgeDetect {
  static constexpr std::string_view name = "EdgeDetect";
  static constexpr std::string_view help = "Shows edges.";
  Range share{0.3, 1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// A sinc filter's overshoot (Real-ESRGAN's kernel: cutoff·J1(cutoff·r)/(2πr)).
struct Ringing {
  static constexpr std::string_view name = "Ringing";
  static constexpr std::string_view help = "Rings at edges, as over-sharpened video.";
  Range cutoff{0.785, 1.571};
  IntRange size{7, 15};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Dilates or erodes by a disc.
struct Morphology {
  static constexpr std::string_view name = "Morphology";
  static constexpr std::string_view help = "Thickens or thins what is light.";
  enum class Mode { Dilate, Erode, Any };
  Mode mode = Mode::Any;
  Range radius{1, 2};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
