#include "serve/web_json.h"

#include <fmt/format.h>

#include <charconv>

#include "doppel/base/error.h"

namespace doppel::apps {
namespace {

using WebJson = nlohmann::ordered_json;

constexpr int kDeepestJson = 200;

}  // namespace

std::string dumped(const WebJson& json) {
  return json.dump(-1, ' ', false, WebJson::error_handler_t::replace);
}
WebResponse response_of(const WebJson& json) { return {.body = dumped(json)}; }

nlohmann::json body_of(const WebRequest& request) {
  try {
    nlohmann::json body =
        nlohmann::json::parse(request.body, [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
          if (depth > kDeepestJson) throw UsageError("the body is nested too deep");
          return true;
        });
    if (body.is_object()) return body;
  } catch (const nlohmann::json::exception&) {}
  throw UsageError("the body must be a JSON object");
}

std::uint64_t number_of(std::string_view what, std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    throw UsageError(fmt::format("{} must be a whole number, not '{}'", what, text));
  return number;
}

std::uint64_t queried(const WebRequest& request, std::string_view name, std::uint64_t otherwise,
                      std::uint64_t least, std::uint64_t most) {
  const auto found = request.query.find(name);
  if (found == request.query.end()) return otherwise;
  const std::uint64_t number = number_of(name, found->second);
  if (number < least || number > most)
    throw UsageError(fmt::format("{} must be from {} to {}, not {}", name, least, most, number));
  return number;
}

bool is_on(const WebRequest& request, std::string_view name) {
  const auto found = request.query.find(name);
  return found != request.query.end() && found->second == "1";
}

}  // namespace doppel::apps
