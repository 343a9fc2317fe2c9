#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// `ops` operations of 14, all alike, at one magnitude (Cubuk 2020).
struct RandAugment {
  static constexpr std::string_view name = "RandAugment";
  static constexpr std::string_view help = "Random operations at one magnitude.";
  int ops = 2;
  int magnitude = 9;
  int bins = 31;
  Fill fill{};
  Filter filter = Filter::Nearest;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
