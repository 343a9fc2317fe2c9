// What transforms share: the field that each has, how colours are written, and draws of factors.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "base/exact_math.h"
#include "doppel/base/fields.h"
#include "doppel/base/random.h"

namespace doppel::augment {

inline void visit_chance(FieldVisitor& visit, double& p) { visit({"p", {0, 1}, "", "chance to apply"}, p); }

/// A colour from one grey value or three numbers.
inline std::array<double, 3> color_of(const std::vector<double>& values) {
  if (values.size() == 3) return {values[0], values[1], values[2]};
  const double grey = values.empty() ? 0 : values[0];
  return {grey, grey, grey};
}

/// Log-uniform: as likely to halve as to double.
inline double draw_log(const Stream& stream, std::string_view purpose, const Range& range) {
  return exact::exp(stream.uniform(purpose, exact::log(range.low), exact::log(range.high)));
}

}  // namespace doppel::augment
