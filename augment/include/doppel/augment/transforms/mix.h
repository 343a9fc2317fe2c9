// Mixing: each needs other samples, which the loader gives; without them nothing happens. Labels become soft.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// Averages with another sample, weighted by Beta(alpha, alpha); labels share alike (Zhang 2018). The other
/// picture is resized where it has another size.
struct MixUp {
  static constexpr std::string_view name = "MixUp";
  static constexpr std::string_view help = "Averages two samples.";
  double alpha = 0.2;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Pastes a rectangle of another sample; labels share by area (Yun 2019).
struct CutMix {
  static constexpr std::string_view name = "CutMix";
  static constexpr std::string_view help = "Pastes a rectangle of another sample.";
  double alpha = 1;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Pastes the whole of another sample, made small; labels share by area (Qin 2020).
struct ResizeMix {
  static constexpr std::string_view name = "ResizeMix";
  static constexpr std::string_view help = "Pastes another sample made small.";
  Range scale{0.1, 0.8};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// One of the two, alike.
struct MixUpOrCutMix {
  static constexpr std::string_view name = "MixUpOrCutMix";
  static constexpr std::string_view help = "MixUp or CutMix.";
  double mixup_alpha = 0.2;
  double cutmix_alpha = 1;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Four samples (or grid rows x columns) as one, about a drawn centre, each scaled to cover its cell; boxes
/// come along (YOLOv4).
struct Mosaic {
  static constexpr std::string_view name = "Mosaic";
  static constexpr std::string_view help = "Joins several samples in a grid.";
  Size grid{2, 2};
  Range centre{0.3, 0.7};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Pastes instances of another sample by its mask (Ghiasi 2021): a drawn share of the numbers in it, with
/// their boxes and keypoints. The sample's own visibility follows.
struct CopyPaste {
  static constexpr std::string_view name = "CopyPaste";
  static constexpr std::string_view help = "Pastes objects of another sample.";
  Range share{0.3, 0.7};
  Range feather{0, 1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
