// Ops as people write them.
#pragma once

#include <string>

#include "doppel/augment/plan/plan.h"
#include "error_of.h"

namespace doppel::augment {

/// Of a line as "Flip: {axis: vertical}".
inline Op op_from(const std::string& text) {
  return Plan::from_yaml("source: [4, 4]\nops:\n- " + text, "p").ops.at(0);
}

/// What's wrong with such a line, which is the third.
inline std::string error_of_op(const std::string& text) {
  return error_of([&] { op_from(text); });
}

/// True where an op, written and read, is the same again.
inline bool reads_back(const Op& op) {
  const Plan plan{{4, 4}, {op}};
  return Plan::from_yaml(plan.yaml()) == plan;
}

}  // namespace doppel::augment
