// Fields of JSON from outside: what a reader's own conversion makes of 1e300 has no meaning, and another
// program or a killed one may have left anything. `Json` is a value of nlohmann's, which isn't included here.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "doppel/base/error.h"

namespace doppel {

/// A number that is written as a whole one and that T holds; nothing for all else, also for 1.0 and for 1e3.
template <std::integral T, class Json>
std::optional<T> json_whole(const Json& said) {
  if (said.is_number_unsigned()) {
    const auto number = said.template get<std::uint64_t>();
    return std::in_range<T>(number) ? std::optional(static_cast<T>(number)) : std::nullopt;
  }
  if (!said.is_number_integer()) return {};
  const auto number = said.template get<std::int64_t>();
  return std::in_range<T>(number) ? std::optional(static_cast<T>(number)) : std::nullopt;
}

/// The whole number json[name]. Throws Error where it's missing or no number that T holds.
template <std::integral T, class Json>
T json_whole_at(const Json& json, const char* name) {
  if (const auto found = json.find(name); found != json.end())
    if (const auto number = json_whole<T>(*found)) return *number;
  throw Error(fmt::format("'{}' isn't a whole number of its range", name));
}

/// The same, with what stands for it where it's missing or something else: for lines that a killed writer or
/// another program may have left.
template <std::integral T, class Json>
T json_whole_or(const Json& json, const char* name, T otherwise) {
  const auto found = json.find(name);
  return found == json.end() ? otherwise : json_whole<T>(*found).value_or(otherwise);
}

/// The text json[name]; empty where it's missing or something else.
template <class Json>
std::string json_text_or_none(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->template get<std::string>() : std::string();
}

}  // namespace doppel
