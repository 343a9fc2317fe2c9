#pragma once

#include <string>
#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// An operation of one's own: see register_op() and `doppel --plugin`.
struct Custom {
  static constexpr std::string_view name = "Custom";
  static constexpr std::string_view help = "Runs an operation that a plug-in or the program has registered.";
  std::string op;                   ///< its name; empty: nothing is done
  std::vector<double> arguments{};  ///< what it gets
  std::vector<double> to{};         ///< where not empty, each argument is drawn between the two, uniformly
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
