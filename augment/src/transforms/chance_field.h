// What transforms share: the field that each has, and how colours are written.
#pragma once

#include <array>
#include <vector>

#include "doppel/base/fields.h"

namespace doppel::augment {

inline void visit_chance(FieldVisitor& visit, double& p) { visit({"p", {0, 1}, "", "chance to apply"}, p); }

/// A colour from one grey value or three numbers.
inline std::array<double, 3> color_of(const std::vector<double>& values) {
  if (values.size() == 3) return {values[0], values[1], values[2]};
  const double grey = values.empty() ? 0 : values[0];
  return {grey, grey, grey};
}

}  // namespace doppel::augment
