#include "json_value.h"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>

#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

using Type = simdjson::ondemand::json_type;

double number_in_text(JsonValue& value) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) throw Error("not a number");
  const auto number = real_number(text);
  if (!number) throw Error("not a number");
  return *number;
}

}  // namespace

void json_check_end(simdjson::ondemand::document& document) {
  if (document.current_location().error() == simdjson::SUCCESS)
    throw Error("not right JSON: something follows the end");
}

double json_number(JsonValue value) {
  double number = 0;
  if (value.get_double().get(number) != simdjson::SUCCESS) return number_in_text(value);
  if (!std::isfinite(number)) throw Error("not a number");
  return number;
}

std::optional<std::int64_t> json_whole(JsonValue value) {
  std::int64_t whole = 0;
  if (value.get_int64().get(whole) == simdjson::SUCCESS) return whole;
  if (value.type() == Type::null) return {};
  const auto read = whole_number(json_text(value));
  if (!read) throw Error("not a whole number");
  return read;
}

bool json_flag(JsonValue value) {
  switch (value.type()) {
    case Type::null:
      return false;
    case Type::boolean:
      return value.get_bool();
    case Type::number:
      return json_number(value) != 0;
    default:
      break;
  }
  const std::string word = lower(trimmed(json_text(value)));
  if (word == "true" || word == "false") return word == "true";
  const auto number = real_number(word);
  if (!number) throw Error("neither 0 nor 1");
  return *number != 0;
}

std::string_view json_inside(JsonValue list) {
  if (list.type() == Type::null) return {};
  simdjson::ondemand::array array;
  if (list.get_array().get(array) != simdjson::SUCCESS) throw Error("not a list of numbers");
  const std::string_view text = trimmed(array.raw_json());
  return trimmed(text.substr(1, text.size() - 2));
}

const char* json_plain_number(const char* at, double& number) {
  // Both are exact as doubles, and so their quotient is the nearest to what is written.
  constexpr int kExact = 15;
  static constexpr double kTens[kExact + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const bool minus = *at == '-';
  if (minus) ++at;
  std::uint64_t digits = 0;
  const char* first = at;
  const auto read = [&] {
    for (; *at >= '0' && *at <= '9'; ++at) digits = 10 * digits + static_cast<std::uint64_t>(*at - '0');
  };
  read();
  std::ptrdiff_t count = at - first, decimals = 0;
  if (*at == '.') {
    first = ++at;
    read();
    decimals = at - first;
    count += decimals;
  }
  if (count == 0 || count > kExact || (*at != ',' && *at != ']')) return nullptr;
  number = static_cast<double>(digits) / kTens[decimals];
  if (minus) number = -number;
  return at;
}

double json_written_number(std::string_view text) {
  text = trimmed(text);
  if (text.size() > 1 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  const auto number = real_number(text);
  if (!number) throw Error(fmt::format("'{}' is no number", text.substr(0, 20)));
  return *number;
}

void json_numbers(JsonValue list, std::vector<double>& numbers) {
  json_each_number(list, [&](double number) { numbers.push_back(number); });
}

bool json_is_nothing(JsonValue value) {
  // A list or object may be begun only once, and by who reads it: here its token is looked at, and the next.
  const Type type = value.type();
  const std::string_view token = value.raw_json_token();
  switch (type) {
    case Type::null:
      return true;
    case Type::array:
      return *(token.data() + token.size()) == ']';
    case Type::object:
      return *(token.data() + token.size()) == '}';
    case Type::string: {
      // Each get_string() takes of a buffer that has room for the whole document once.
      const std::string_view text = trimmed(token);
      return text.size() < 2 || trimmed(text.substr(1, text.size() - 2)).empty();
    }
    default:
      return false;
  }
}

std::string_view json_text(JsonValue value) {
  switch (value.type()) {
    case Type::string:
      return value.get_string();
    case Type::number:
      return trimmed(value.raw_json_token());
    default:
      throw Error("neither a text nor a number");
  }
}

}  // namespace doppel::dataset
