// An average of weights over the steps, which predicts better than the last ones (Polyak and Juditsky 1992).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

namespace doppel::nn {

/// What the average keeps of itself at a step: `most`, and (1 + t) / (10 + t) where that is less, so that it
/// forgets the first weights.
inline float average_decay(double most, std::uint64_t step) {
  const auto t = static_cast<double>(step);
  return static_cast<float>(std::min(most, (1 + t) / (10 + t)));
}

inline void follow(std::span<float> average, std::span<const float> now, float decay) {
  for (std::size_t i = 0; i < now.size(); ++i) average[i] += (1 - decay) * (now[i] - average[i]);
}

}  // namespace doppel::nn
