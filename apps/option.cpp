#include "option.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "doppel/base/error.h"
#include "doppel/base/fields.h"

namespace doppel::apps {
namespace {

template <class... Functions>
struct Cases : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Cases(Functions...) -> Cases<Functions...>;

template <class Number>
std::optional<Number> parse(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "a whole number, 1 or more"; both ends where there is a most that anybody would meet.
std::string range_of(const Whole& kind, const std::string& text) {
  const bool ends = kind.most < std::numeric_limits<int>::max() || all_digits(text);
  return ends ? fmt::format("a whole number from {} to {}", kind.least, kind.most)
              : fmt::format("a whole number, {} or more", kind.least);
}

std::string range_of(const Real& kind) {
  if (kind.least && kind.most) return fmt::format("a number from {} to {}", *kind.least, *kind.most);
  std::string range = "a number";
  if (kind.least) range += fmt::format(", {} or more", *kind.least);
  if (kind.above) range += fmt::format(" above {}", *kind.above);
  if (kind.most) range += fmt::format(" up to {}", *kind.most);
  if (kind.below) range += fmt::format(" and below {}", *kind.below);
  return range;
}

bool allows(const Real& kind, double value) {
  return !(kind.least && value < *kind.least) && !(kind.above && value <= *kind.above) &&
         !(kind.most && value > *kind.most) && !(kind.below && value >= *kind.below);
}

/// "a, b (its note) or c".
std::string listed(const Choice& kind) {
  std::string list;
  for (std::size_t i = 0; i < kind.words.size(); ++i) {
    const auto& [name, note] = kind.words[i];
    list += i == 0 ? "" : i + 1 < kind.words.size() ? ", " : " or ";
    list += note.empty() ? name : fmt::format("{} ({})", name, note);
  }
  return list;
}

}  // namespace

std::optional<std::int64_t> parse_whole(std::string_view text) { return parse<std::int64_t>(text); }

std::optional<double> parse_real(std::string_view text) {
  const auto number = parse<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

Value read_value(const Option& option, const std::string& text) {
  const auto wrong = [&](const std::string& right, const std::string& hint = "") {
    return UsageError(fmt::format("--{} must be {}, not '{}'{}", option.name, right, text, hint));
  };
  return std::visit(Cases{[&](const Flag&) -> Value {
                            if (text != "true" && text != "false") throw wrong("true or false");
                            return text == "true";
                          },
                          [&](const Whole& kind) -> Value {
                            const auto number = parse_whole(text);
                            if (!number || *number < kind.least || *number > kind.most)
                              throw wrong(range_of(kind, text));
                            return *number;
                          },
                          [&](const Seed&) -> Value {
                            const auto number = parse<std::uint64_t>(text);
                            if (!number) throw wrong("a whole number, 0 or more, of 64 bits");
                            return *number;
                          },
                          [&](const Real& kind) -> Value {
                            const auto number = parse_real(text);
                            if (!number || !allows(kind, *number)) throw wrong(range_of(kind));
                            return *number;
                          },
                          [&](const Choice& kind) -> Value {
                            const Words names = known_words(kind);
                            if (std::ranges::find(names, text) != names.end()) return text;
                            throw wrong(fmt::format("one of {}", fmt::join(names, ", ")),
                                        did_you_mean(text, names));
                          },
                          [&](const Text&) -> Value { return text; }},
                    option.kind);
}

Value initial_value(const Kind& kind) {
  return std::visit(
      Cases{[](const Flag&) -> Value { return {}; }, [](const Seed& seed) -> Value { return seed.initial; },
            [](const Choice& choice) -> Value { return choice.initial; },
            [](const Text& text) -> Value { return text.initial.empty() ? Value() : Value(text.initial); },
            [](const auto& number) -> Value { return number.initial ? Value(*number.initial) : Value(); }},
      kind);
}

std::string placeholder_of(const Kind& kind) {
  return std::visit(
      Cases{[](const Flag&) -> std::string { return ""; }, [](const Seed&) -> std::string { return "N"; },
            [](const Choice&) -> std::string { return "WORD"; },
            [](const auto& other) -> std::string { return other.placeholder; }},
      kind);
}

Words known_words(const Kind& kind) {
  if (const auto* text = std::get_if<Text>(&kind)) return text->known;
  Words names;
  if (const auto* choice = std::get_if<Choice>(&kind))
    for (const Choice::Word& word : choice->words) names.push_back(word.name);
  return names;
}

std::string described(const Option& option) {
  std::string text = option.help;
  if (const auto* choice = std::get_if<Choice>(&option.kind)) text += ": " + listed(*choice);
  const std::string initial = std::visit(
      Cases{[](std::monostate) -> std::string { return ""; }, [](const Words&) -> std::string { return ""; },
            [](const auto& value) -> std::string { return fmt::format("{}", value); }},
      initial_value(option.kind));
  return initial.empty() ? text : fmt::format("{} (default {})", text, initial);
}

}  // namespace doppel::apps
