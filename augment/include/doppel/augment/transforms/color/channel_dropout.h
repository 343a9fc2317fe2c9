#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Sets `count` channels to a value, never all.
struct ChannelDropout {
  static constexpr std::string_view name = "ChannelDropout";
  static constexpr std::string_view help = "Drops a channel.";
  IntRange count{1, 1};
  double fill = 0;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
