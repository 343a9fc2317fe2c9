#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Sets a share of the pixels to white or black.
struct SaltPepper {
  static constexpr std::string_view name = "SaltPepper";
  static constexpr std::string_view help = "Sets pixels to white or black.";
  Range amount{0.01, 0.06};    ///< share of the pixels, 0 to 1
  Range salt_share{0.4, 0.6};  ///< share of those that turns white, 0 to 1
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
