// JSON and numbers in what is asked and answered.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "serve/server.h"

namespace doppel::apps {

/// As one line; text that isn't UTF-8 is replaced.
std::string dumped(const nlohmann::ordered_json& json);
WebResponse response_of(const nlohmann::ordered_json& json);
/// The body's object. Throws UsageError for anything else, and for what nests so deep that nobody could have
/// meant it.
nlohmann::json body_of(const WebRequest& request);
/// A whole number. Throws UsageError that calls it `what`.
std::uint64_t number_of(std::string_view what, std::string_view text);
/// That of the query; `otherwise` where it isn't there. Throws UsageError, also beyond least and most.
std::uint64_t queried(const WebRequest& request, std::string_view name, std::uint64_t otherwise,
                      std::uint64_t least, std::uint64_t most);
/// Whether the query has name=1.
bool is_on(const WebRequest& request, std::string_view name);

}  // namespace doppel::apps
