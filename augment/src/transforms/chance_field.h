// The field that every transform has.
#pragma once

#include "doppel/augment/fields.h"

namespace doppel::augment {

inline void visit_chance(FieldVisitor& visit, double& p) { visit({"p", {0, 1}, "", "chance to apply"}, p); }

inline double draw_from(const Range& range, double unit) {
  return range.low + (range.high - range.low) * unit;
}

}  // namespace doppel::augment
