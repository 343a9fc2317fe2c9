// JSON's values as programs write them: whole numbers as 3.0 or "3", flags as true or 1, lists that may be
// null.
#pragma once

#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace doppel::dataset {

using JsonValue = simdjson::ondemand::value;

/// Throws Error where something follows what was read, which was the whole of it.
void json_check_end(simdjson::ondemand::document& document);

/// The number, or the text that is one; it is finite. Throws Error.
double json_number(JsonValue value);
/// The same where it is whole: 3, 3.0, "3"; nothing for null. Throws Error.
std::optional<std::int64_t> json_whole(JsonValue value);
/// 1, true, "1" or "true", and their opposites; null is false. Throws Error.
bool json_flag(JsonValue value);
/// Shows each of a list of numbers, as json_number() has them; null is an empty list. Throws Error.
void json_each_number(JsonValue list, const auto& show);
/// The same, put after those that are there.
void json_numbers(JsonValue list, std::vector<double>& numbers);
/// null, "", {} or []: nothing is said. Looks without a step into it: whoever asks may still read the value.
bool json_is_nothing(JsonValue value);
/// A text's own characters, to be asked for once, or a number as it is written. Throws Error for others.
std::string_view json_text(JsonValue value);

/// Between a list's brackets, with a bracket or quote behind. Throws Error where it's no list of plain
/// values.
std::string_view json_inside(JsonValue list);
/// A number as most are written, digits with a fraction, up to a comma or bracket: what follows it, or null
/// for others.
const char* json_plain_number(const char* at, double& number);
/// One as it's written between commas, in quotes or not. Throws Error.
double json_written_number(std::string_view text);

void json_each_number(JsonValue list, const auto& show) {
  const std::string_view inside = json_inside(list);
  if (inside.empty()) return;
  for (const char *at = inside.data(), *end = at + inside.size();; ++at) {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
    double number = 0;
    if (const char* next = json_plain_number(at, number)) {
      at = next;
    } else {
      const char* comma = std::find(at, end, ',');
      number = json_written_number({at, comma});
      at = comma;
    }
    show(number);
    if (at >= end) return;
  }
}

}  // namespace doppel::dataset
