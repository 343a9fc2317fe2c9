// Work in parts.
#pragma once

#include <algorithm>

namespace doppel::nn::engine {

/// Calls visit(first, count) for parts of equal length, the last maybe shorter.
template <class Visit>
void in_parts(int all, int most, Visit visit) {
  const int parts = (all + most - 1) / most, each = (all + parts - 1) / parts;
  for (int first = 0; first < all; first += each) visit(first, std::min(each, all - first));
}

}  // namespace doppel::nn::engine
