// Crops, resizing and padding. A size of [0, 0] means: as large as the picture is when the transform meets
// it.
#pragma once

#include "doppel/augment/transform.h"

namespace doppel::augment {

/// A window of `size` at a uniformly drawn place. With pad_if_needed a smaller picture is first padded with
/// `fill`, the place of the picture in it drawn too; without, it is an Error.
struct RandomCrop {
  static constexpr std::string_view name = "RandomCrop";
  static constexpr std::string_view help = "Cuts out a window of a fixed size at a random place.";
  Size size{0, 0};
  bool pad_if_needed = false;
  Fill fill{};
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// A window of `scale` of the area and an aspect (width over height) drawn evenly in its logarithm from
/// `ratio`, resized to `size`: Inception's training crop (Szegedy et al. 2015, section 6). After 10 misses
/// the largest centred window whose aspect is in range.
struct RandomResizedCrop {
  static constexpr std::string_view name = "RandomResizedCrop";
  static constexpr std::string_view help = "Cuts out a window of random area and aspect, and resizes it.";
  Size size{0, 0};
  Range scale{0.08, 1};
  Range ratio{3.0 / 4, 4.0 / 3};
  Filter filter = Filter::Bilinear;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// RandomResizedCrop that keeps at least `keep` of the area of every object: of each box, else of each mask's
/// foreground, else of the most salient region (spectral residual; Hou and Zhang 2007). Always succeeds: the
/// window is drawn from the feasible places only, and grows where there are none.
struct ObjectSafeCrop {
  static constexpr std::string_view name = "ObjectSafeCrop";
  static constexpr std::string_view help = "Cuts out a random window that keeps every object.";
  Size size{0, 0};
  double keep = 1;
  Range scale{0.2, 1};
  Range ratio{3.0 / 4, 4.0 / 3};
  Filter filter = Filter::Bilinear;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Scales the whole picture to `size`, whatever its aspect.
struct Resize {
  static constexpr std::string_view name = "Resize";
  static constexpr std::string_view help = "Scales the picture to a size.";
  Size size{224, 224};
  Filter filter = Filter::Bilinear;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Adds the given pixels at each side; then, where `to` or `divisor` is set, as many more (half at each side)
/// as make the picture at least `to`, and its sides multiples of `divisor`.
struct Pad {
  static constexpr std::string_view name = "Pad";
  static constexpr std::string_view help = "Adds pixels around the picture.";
  int left = 0, right = 0, top = 0, bottom = 0;
  Size to{0, 0};
  int divisor = 0;
  Fill fill{};
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
