// Which instances of a partner come in, and what they are called then.
#pragma once

#include <algorithm>
#include <vector>

#include "doppel/augment/plan/op.h"

namespace doppel::augment {

inline bool holds(const std::vector<double>& values, int value) {
  return std::ranges::find(values, double(value)) != values.end();
}

/// An instance's number after the join; -1 stays.
inline int renamed(const op::Join& op, int instance) {
  for (std::size_t i = 0; i < op.names.size(); ++i)
    if (op.values[i] == instance) return static_cast<int>(op.names[i]);
  return instance;
}

}  // namespace doppel::augment
