#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Moves the image: x to the right, y down, each by its own draw.
struct Translate {
  static constexpr std::string_view name = "Translate";
  /// What it does, in a sentence.
  static constexpr std::string_view help =
      "Moves the image, x and y apart, by shares of its sides or by pixels.";
  /// What x and y are in: shares of the sides, or pixels.
  enum class Unit { Share, Pixels };
  Range x{-0.1, 0.1};                ///< of the width, or pixels
  Range y{-0.1, 0.1};                ///< of the height, or pixels
  Unit unit = Unit::Share;           ///< of x and y
  bool whole = false;                ///< moves by whole pixels only, which keeps every value as it is
  Fill fill{};                       ///< what shows beyond the image
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated: nearest, bilinear or bicubic
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
