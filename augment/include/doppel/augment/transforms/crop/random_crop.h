#pragma once

#include "doppel/augment/transforms/transform.h"

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

}  // namespace doppel::augment
