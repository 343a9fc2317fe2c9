// In which order classes are numbered that nobody numbered.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "text.h"

namespace doppel::dataset {

/// What class names are sorted by: numbers by their value (10 comes after 9), then names.
inline std::tuple<bool, std::int64_t, std::string_view> class_order(const std::string& name) {
  const auto value = whole_number(name);
  return {!value, value.value_or(0), name};
}

}  // namespace doppel::dataset
