#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Permutes red, green and blue, all six orders alike.
struct ChannelShuffle {
  static constexpr std::string_view name = "ChannelShuffle";
  static constexpr std::string_view help = "Permutes the channels.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
