// Whole numbers of JSON from outside: what a reader's own conversion makes of 1e300 has no meaning.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <utility>

namespace doppel {

/// A number that is written as a whole one and that T holds; nothing for all else, also for 1.0 and for 1e3.
/// `Json`: a value of nlohmann's, which isn't included here.
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

}  // namespace doppel
