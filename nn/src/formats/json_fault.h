// What is wrong with a text of JSON, in words of our own.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

namespace doppel::nn {

/// Where it stops being JSON, from byte 1 on, or that a value isn't as it must be.
inline std::string json_fault(const nlohmann::json::exception& error) {
  const auto* parsing = dynamic_cast<const nlohmann::json::parse_error*>(&error);
  return parsing ? fmt::format("its JSON is damaged at byte {}", parsing->byte)
                 : "a value of its JSON is missing or of another kind than it must be";
}

}  // namespace doppel::nn
