// What noises share.
#pragma once

#include <algorithm>

#include "base/exact_math.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

inline op::Noise noise_op(op::Noise::Law law, op::Noise::Distribution distribution, const Range& std,
                          bool per_channel, const Stream& stream) {
  using Channels = op::Noise::Channels;
  return {law, distribution, per_channel ? Channels::Each : Channels::Shared,
          stream.uniform("std", std.low, std.high), stream.bits("seed")};
}

/// Read noise .002 to .03 and shot noise .0005 to .01, log-linear from ISO 100 to 12800.
inline op::Sensor camera(double iso, double exposure, double chroma, double gain, const Stream& stream) {
  const double t = std::clamp(exact::log(iso / 100) / exact::log(128), -0.5, 1.5);
  return {exposure,
          0.002 * exact::exp(t * exact::log(15)),
          0.0005 * exact::exp(t * exact::log(20)),
          chroma,
          gain,
          stream.bits("seed")};
}

}  // namespace doppel::augment
