#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Rec. 601 luma to all channels.
struct Gray {
  static constexpr std::string_view name = "Gray";
  static constexpr std::string_view help = "Removes colour.";
  double p = 0.1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
