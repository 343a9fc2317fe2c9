// An op whose function is registered from outside.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/augment/plan/ops/kind.h"
#include "doppel/base/fields.h"

namespace doppel::augment::op {

/// Runs a registered function: see register_op(). A plan names it and holds its arguments, so plans are
/// compared, written and replayed as others are; where it isn't registered, rendering throws Error with its
/// name.
struct Custom {
  static constexpr std::string_view name = "Custom";
  static constexpr OpKind kind = OpKind::Whole;
  std::string function;             ///< the name that it was registered by
  std::vector<double> arguments{};  ///< what it gets
  std::uint64_t seed = 0;           ///< for what it draws itself
  void fields(FieldVisitor& visit);
  friend bool operator==(const Custom&, const Custom&) = default;
};

}  // namespace doppel::augment::op
