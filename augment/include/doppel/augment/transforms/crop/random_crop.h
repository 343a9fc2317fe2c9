#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// A window of `size` at a uniformly drawn place. With pad_if_needed a smaller image is first padded with
/// `fill`, the place of the image in it drawn too; without, it is an Error.
struct RandomCrop {
  static constexpr std::string_view name = "RandomCrop";
  static constexpr std::string_view help = "Cuts out a window of a fixed size at a random place.";
  Size size{0, 0};             ///< height and width, pixels; 0: as the image is
  bool pad_if_needed = false;  ///< a smaller image is padded instead of failing
  Fill fill{};                 ///< what the padding shows
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
