// Crops that know where the objects are, and plain windows.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// Cuts a fixed box, in shares of the sides.
struct Crop {
  static constexpr std::string_view name = "Crop";
  static constexpr std::string_view help = "Cuts a fixed box.";
  std::vector<double> box{0, 0, 1, 1};
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Cuts the middle; a smaller picture stays as it is along that side.
struct CenterCrop {
  static constexpr std::string_view name = "CenterCrop";
  static constexpr std::string_view help = "Cuts the middle.";
  Size size{0, 0};
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Cuts a window of a drawn height and of width = height · ratio, anywhere, and resizes it.
struct RandomSizedCrop {
  static constexpr std::string_view name = "RandomSizedCrop";
  static constexpr std::string_view help = "Cuts a window of a drawn height and resizes it.";
  Range height{0.5, 1};
  double ratio = 1;
  Size size{0, 0};
  Filter filter = Filter::Bilinear;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Cuts a drawn share off each side; at least a pixel stays.
struct CropFromBorders {
  static constexpr std::string_view name = "CropFromBorders";
  static constexpr std::string_view help = "Cuts some off each side.";
  Range left{0, 0.1};
  Range right{0, 0.1};
  Range top{0, 0.1};
  Range bottom{0, 0.1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// SSD's crop (Liu 2016): a least overlap is drawn among `options` (1: no crop), then up to 40 windows until
/// one holds an object's centre and overlaps one box by that much. Objects whose centre is outside are
/// dropped.
struct RandomIouCrop {
  static constexpr std::string_view name = "RandomIouCrop";
  static constexpr std::string_view help = "Cuts around objects by their overlap.";
  double min_scale = 0.3;
  Range ratio{0.5, 2};
  std::vector<double> options{0, 0.1, 0.3, 0.5, 0.7, 0.9, 1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Cuts one random object out; each side of its box is moved by up to `jitter` of the box. Without objects
/// the picture stays.
struct CropNearObject {
  static constexpr std::string_view name = "CropNearObject";
  static constexpr std::string_view help = "Cuts one object out.";
  double jitter = 0.3;
  Size size{0, 0};
  Filter filter = Filter::Bilinear;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Cuts a window of fixed size that holds at least `keep` of one random object's box, wherever that is
/// possible. A smaller picture stays as it is along that side.
struct CropAtLeastOne {
  static constexpr std::string_view name = "CropAtLeastOne";
  static constexpr std::string_view help = "Cuts a window that holds an object.";
  Size size{224, 224};
  double keep = 1;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Cuts a window of fixed size around a random pixel of the first mask that isn't in `ignore`; anywhere where
/// there is none.
struct CropOnMask {
  static constexpr std::string_view name = "CropOnMask";
  static constexpr std::string_view help = "Cuts a window on the mask.";
  Size size{224, 224};
  std::vector<double> ignore{0};
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Keeps a random share of the objects whole: a window of drawn aspect around them, at a random place.
struct CropSubset {
  static constexpr std::string_view name = "CropSubset";
  static constexpr std::string_view help = "Cuts around some of the objects.";
  Range share{0.3, 0.8};
  Range ratio{0.5, 2};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
