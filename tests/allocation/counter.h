// Counts every call of malloc and its kin by standing in for them, in a program of its own.
#pragma once

#include <algorithm>
#include <cstddef>

namespace doppel {

/// Bytes of what counts as large; what oneDNN takes doesn't.
inline constexpr std::size_t kLargeAllocation = 16384;

enum class Counted { All, Large };

/// Since the program began.
long allocations(Counted what);

/// Allocations of one call, after a few to warm up: the fewest of several, since OpenCV and the system may
/// take some at any time.
template <class F>
long steady_allocations(Counted what, const F& f) {
  for (int i = 0; i < 4; ++i) f();
  long fewest = 1L << 40;
  for (int i = 0; i < 5; ++i) {
    const long before = allocations(what);
    f();
    fewest = std::min(fewest, allocations(what) - before);
  }
  return fewest;
}

}  // namespace doppel
