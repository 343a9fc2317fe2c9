#pragma once

#include <chrono>

namespace doppel {

/// Monotonic, for durations.
using Clock = std::chrono::steady_clock;

/// From then until now.
inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace doppel
