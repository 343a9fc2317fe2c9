#include "keras_arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

std::string shown(const PythonValue& value) {
  return value.kind == PythonValue::Kind::Text ? "'" + value.text + "'" : value.text;
}

/// False is Python's 0, and often written.
bool is_off(const PythonValue& value) { return value.kind == PythonValue::Kind::Bool && value.number == 0; }

/// The numbers of a list of such; nothing where it's none.
std::optional<std::vector<double>> numbers(const PythonValue& value) {
  if (value.kind != PythonValue::Kind::List || value.items.empty()) return {};
  std::vector<double> list;
  for (const PythonValue& item : value.items) {
    if (!item.is_number()) return {};
    list.push_back(item.number);
  }
  return list;
}

std::string between(const Bounds& bounds) {
  const bool low = std::isfinite(bounds.low), high = std::isfinite(bounds.high);
  if (!low && !high) return "a number";
  return low && high ? fmt::format("between {} and {}", bounds.low, bounds.high)
         : low       ? fmt::format("{} or more", bounds.low)
                     : fmt::format("{} or less", bounds.high);
}

}  // namespace

KerasArguments::KerasArguments(std::string_view text) {
  std::size_t position = 0;
  bool named = false;
  for (PythonArgument& argument : read_python_call(text, "ImageDataGenerator")) {
    if (argument.name.empty()) {
      if (named || position == kKerasArguments.size())
        fail(argument, named ? "a value without a name follows one with a name"
                             : "ImageDataGenerator has no more arguments");
      argument.name = kKerasArguments[position++];
    } else {
      named = true;
    }
    if (std::ranges::find(kKerasArguments, argument.name) == kKerasArguments.end()) {
      const std::vector<std::string> all(kKerasArguments.begin(), kKerasArguments.end());
      fail(argument, fmt::format("ImageDataGenerator has no argument '{}'{}", argument.name,
                                 did_you_mean(argument.name, all)));
    }
    if (given_.contains(argument.name)) fail(argument, fmt::format("'{}' is given twice", argument.name));
    std::string name = argument.name;
    given_.emplace(std::move(name), std::move(argument));
  }
}

const PythonArgument* KerasArguments::find(std::string_view name) const {
  const auto found = given_.find(name);
  return found == given_.end() || found->second.value.kind == PythonValue::Kind::None ? nullptr
                                                                                      : &found->second;
}

bool KerasArguments::flag(std::string_view name) const {
  const PythonArgument* argument = find(name);
  if (!argument) return false;
  const PythonValue& value = argument->value;
  if (value.kind != PythonValue::Kind::Bool && value.kind != PythonValue::Kind::Int)
    fail(*argument, fmt::format("{} needs True or False, not {}", name, shown(value)));
  return value.number != 0;
}

double KerasArguments::number(std::string_view name, double initial, Bounds bounds) const {
  const PythonArgument* argument = find(name);
  if (!argument) return initial;
  const PythonValue& value = argument->value;
  if (!value.is_number() && !is_off(value))
    fail(*argument, fmt::format("{} needs a number, not {}", name, shown(value)));
  check(*argument, value.number, bounds);
  return value.number;
}

std::optional<Range> KerasArguments::range(std::string_view name, Bounds bounds) const {
  const PythonArgument* argument = find(name);
  if (!argument) return {};
  const auto list = numbers(argument->value);
  if (!list || list->size() != 2)
    fail(*argument, fmt::format("{} needs two numbers, as [0.8, 1.2], not {}", name, shown(argument->value)));
  for (const double end : *list) check(*argument, end, bounds);
  return Range{std::min((*list)[0], (*list)[1]), std::max((*list)[0], (*list)[1])};
}

Range KerasArguments::zoom() const {
  const PythonArgument* argument = find("zoom_range");
  if (!argument || is_off(argument->value)) return {1, 1};
  Range zoom;
  if (argument->value.is_number()) {
    const double by = std::abs(argument->value.number);
    zoom = {1 - by, 1 + by};
    if (by >= 1)
      fail(*argument,
           fmt::format("zoom_range={} would draw factors from {} on, but they must be above 0: write "
                       "a number below 1, or [low, high]",
                       argument->value.text, zoom.low));
  } else if (argument->value.kind == PythonValue::Kind::List) {
    zoom = *range("zoom_range", {});
  } else {
    fail(*argument, fmt::format("zoom_range needs a number or [low, high], not {}", shown(argument->value)));
  }
  check(*argument, zoom.low, {.low = 0.01, .high = 100});
  check(*argument, zoom.high, {.low = 0.01, .high = 100});
  return zoom;
}

KerasShift KerasArguments::shift(std::string_view name) const {
  const PythonArgument* argument = find(name);
  if (!argument || is_off(argument->value)) return {};
  const PythonValue& value = argument->value;
  if (value.is_number()) {
    const double most = std::abs(value.number);
    check(*argument, most, {.low = 0, .high = 1e5});
    return {.most = most, .whole = value.kind == PythonValue::Kind::Int, .pixels = most >= 1};
  }
  const auto list = numbers(value);
  if (!list)
    fail(*argument,
         fmt::format("{} needs a share, a number of pixels, or a list of them, not {}", name, shown(value)));
  if (list->size() > 1000) fail(*argument, fmt::format("{} has more than 1000 values", name));
  for (const double each : *list) check(*argument, each, {.low = -1e5, .high = 1e5});
  return {.values = *list, .pixels = *std::ranges::max_element(*list) >= 1};
}

std::string_view KerasArguments::word(std::string_view name, std::span<const std::string_view> words) const {
  const PythonArgument* argument = find(name);
  if (!argument) return words.front();
  const auto found = std::ranges::find(words, argument->value.text);
  if (argument->value.kind != PythonValue::Kind::Text || found == words.end())
    fail(*argument,
         fmt::format(
             "{} needs one of '{}', not {}{}", name, fmt::join(words, "', '"), shown(argument->value),
             did_you_mean(argument->value.text, std::vector<std::string>(words.begin(), words.end()))));
  return *found;
}

std::string KerasArguments::code(std::string_view name) const {
  const PythonArgument* argument = find(name);
  return argument ? argument->value.text : "";
}

void KerasArguments::fail(const PythonArgument& argument, const std::string& what) {
  throw UsageError(fmt::format("Keras' arguments, {}: {}", argument.place, what));
}

void KerasArguments::check(const PythonArgument& argument, double value, const Bounds& bounds) {
  if (bounds.hold(value)) return;
  fail(argument, fmt::format("{} is {}, but must be {}", argument.name, value, between(bounds)));
}

}  // namespace doppel::augment
