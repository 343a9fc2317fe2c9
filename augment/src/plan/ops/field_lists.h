// What the ops' field lists share.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "doppel/base/error.h"
#include "doppel/base/fields.h"

namespace doppel::augment::op {

inline constexpr Bounds kShare{0, 1};
inline constexpr Bounds kSize{1, 1 << 20};

/// An array as a list of exactly N numbers.
template <std::size_t N>
void visit_array(FieldVisitor& visit, const FieldInfo& info, std::array<double, N>& values) {
  std::vector<double> list(values.begin(), values.end());
  visit(info, list);
  if (list.size() != N)
    throw UsageError(std::string(info.name) + " needs " + std::to_string(N) + " numbers, not " +
                     std::to_string(list.size()));
  std::copy(list.begin(), list.end(), values.begin());
}

}  // namespace doppel::augment::op
