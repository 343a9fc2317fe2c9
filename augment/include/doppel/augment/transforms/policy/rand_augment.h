#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// `ops` operations of 14, all alike, at one magnitude (Cubuk 2020).
struct RandAugment {
  static constexpr std::string_view name = "RandAugment";
  static constexpr std::string_view help = "Random operations at one magnitude.";
  int ops = 2;                      ///< how many, one after the other
  int magnitude = 9;                ///< 0 to bins - 1; above is as bins - 1
  int bins = 31;                    ///< steps of the magnitude, at least 2
  Fill fill{};                      ///< what shows beyond the image
  Filter filter = Filter::Nearest;  ///< how pixels are interpolated
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
