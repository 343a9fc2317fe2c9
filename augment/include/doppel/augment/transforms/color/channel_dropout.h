#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Sets `count` channels to a value, never all.
struct ChannelDropout {
  static constexpr std::string_view name = "ChannelDropout";
  static constexpr std::string_view help = "Drops a channel.";
  IntRange count{1, 1};  ///< channels dropped, 0 to 2; a grey image loses none
  double fill = 0;       ///< what they become, share of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
