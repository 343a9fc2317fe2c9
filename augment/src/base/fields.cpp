#include "doppel/base/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"

namespace doppel {
namespace {

std::string fill_text(const Fill& fill) {
  if (fill.kind != Fill::Kind::Color) return std::string(kFillNames[static_cast<std::size_t>(fill.kind)]);
  return fmt::format("[{}, {}, {}]", fill.color[0], fill.color[1], fill.color[2]);
}

std::string bounds_text(const Bounds& bounds) {
  const bool low = std::isfinite(bounds.low), high = std::isfinite(bounds.high);
  const auto end = [](const char* open, const char* closed, bool is_open, double value) {
    return fmt::format("{} {}", is_open ? open : closed, value);
  };
  if (low && high && !bounds.above_low && !bounds.below_high)
    return fmt::format("{} to {}", bounds.low, bounds.high);
  const std::string from = low ? end("above", "at least", bounds.above_low, bounds.low) : "",
                    to = high ? end("below", "at most", bounds.below_high, bounds.high) : "";
  if (low && high) return from + " and " + to;
  return low ? from : high ? to : "any";
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = std::tolower(a[i - 1]) == std::tolower(b[j - 1]);
      const std::size_t next = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (same ? 0U : 1U)});
      diagonal = row[j];
      row[j] = next;
    }
  }
  return row.back();
}

/// False for a setting's placeholder, as "RATE".
bool is_unit(std::string_view unit) {
  return std::ranges::any_of(unit, [](unsigned char c) { return std::islower(c) != 0; });
}

/// Checks one value.
struct Validate {
  const FieldInfo& info;
  const std::string& owner;

  void check(double value) const { check(value, info.bounds, info.unit); }
  void check(double value, const Bounds& bounds, std::string_view unit) const {
    if (std::isfinite(value) && bounds.hold(value)) return;
    const bool unbounded = !std::isfinite(bounds.low) && !std::isfinite(bounds.high);
    throw UsageError(fmt::format("{}: {} is {}, but must be {}{}{}", owner, info.name, value,
                                 unbounded ? "a finite number" : bounds_text(bounds),
                                 is_unit(unit) ? " " : "", is_unit(unit) ? unit : ""));
  }
  void check(double low, double high) const {
    check(low);
    check(high);
    if (low > high)
      throw UsageError(fmt::format("{}: {} is [{}, {}], upside down; write [{}, {}]", owner, info.name, low,
                                   high, high, low));
  }
  void operator()(double* value) const { check(*value); }
  void operator()(int* value) const { check(*value); }
  void operator()(std::uint64_t* value) const { check(static_cast<double>(*value)); }
  void operator()(Range* value) const { check(value->low, value->high); }
  void operator()(IntRange* value) const { check(double(value->low), double(value->high)); }
  void operator()(Size* value) const {
    check(value->height);
    check(value->width);
  }
  void operator()(Fill* value) const {
    if (value->kind != Fill::Kind::Color) return;
    for (const double c : value->color) check(c, {0, 1}, "of the full range");
  }
  void operator()(std::vector<double>* value) const {
    for (const double v : *value) check(v);
  }
  void operator()(Children* const value) const {
    if (value->size() == 0 && !value->may_be_none())
      throw UsageError(fmt::format("{}: {} names no {}", owner, info.name, value->kind()));
  }
  void operator()(Kinds* value) const {
    FieldValidator validator(owner);
    value->fields(validator);
  }
  void operator()(const auto&) const {}
};

std::string text_of(const bool* v) { return *v ? "true" : "false"; }
std::string text_of(const double* v) { return number_text(*v); }
std::string text_of(const int* v) { return std::to_string(*v); }
std::string text_of(const std::uint64_t* v) { return std::to_string(*v); }
std::string text_of(const Range* v) { return fmt::format("[{}, {}]", v->low, v->high); }
std::string text_of(const IntRange* v) { return fmt::format("[{}, {}]", v->low, v->high); }
std::string text_of(const Size* v) { return fmt::format("[{}, {}]", v->height, v->width); }
std::string text_of(const Fill* v) { return fill_text(*v); }
std::string text_of(const std::vector<double>* v) { return fmt::format("[{}]", fmt::join(*v, ", ")); }
std::string text_of(const std::string* v) { return fmt::format("'{}'", *v); }
std::string text_of(const std::vector<std::string>* v) { return fmt::format("[{}]", fmt::join(*v, ", ")); }
std::string text_of(const Children*) { return "[]"; }
std::string text_of(const Kinds* v) { return std::string(v->name()); }
std::string text_of(const Choice& v) { return std::string(v.names[static_cast<std::size_t>(*v.position)]); }

/// What each type of field is called, in FieldValue's order.
std::string kind_of(const FieldValue& value) {
  constexpr std::array<std::string_view, 11> kKinds{"true | false", "number",      "whole", "whole",
                                                    "range",        "whole range", "size",  "fill",
                                                    "numbers",      "text",        "texts"};
  if (const auto* choice = std::get_if<Choice>(&value))
    return fmt::format("{}", fmt::join(choice->names, " | "));
  if (const auto* children = std::get_if<Children*>(&value)) return std::string((*children)->kind());
  if (const auto* kinds = std::get_if<Kinds*>(&value))
    return fmt::format("{}", fmt::join((*kinds)->names(), " | "));
  return std::string(kKinds[value.index()]);
}

}  // namespace

std::string values_text(const FieldInfo& info, const FieldValue& value) {
  const bool bounded = std::isfinite(info.bounds.low) || std::isfinite(info.bounds.high);
  return bounded ? bounds_text(info.bounds) : kind_of(value);
}

std::string field_text(const FieldValue& value) {
  return std::visit([](const auto& v) { return text_of(v); }, value);
}

std::string number_text(double value) { return fmt::format("{}", value); }

std::string nearest_name(std::string_view word, std::span<const std::string> candidates) {
  std::string best;
  std::size_t distance = std::max<std::size_t>(2, word.size() / 2) + 1;
  for (const std::string& candidate : candidates)
    if (const std::size_t d = edit_distance(word, candidate);
        d < distance && d < std::max(word.size(), candidate.size())) {  // all letters changed is another word
      distance = d;
      best = candidate;
    }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates,
                         std::string_view otherwise) {
  const std::string near = nearest_name(word, candidates);
  return near.empty() ? std::string(otherwise) : fmt::format("; did you mean '{}'?", near);
}

void FieldVisitor::one_of(const FieldInfo& info, std::string& word, std::span<const std::string_view> names) {
  const auto found = std::ranges::find(names, std::string_view(word));
  int position = found == names.end() ? 0 : static_cast<int>(found - names.begin());
  visit(info, Choice{&position, names});
  word = names[static_cast<std::size_t>(position)];
}

void check_bounds(const std::string& owner, const FieldInfo& info, const FieldValue& value) {
  std::visit(Validate{info, owner}, value);
}

void SomeFields::visit(const FieldInfo& info, const FieldValue& value) {
  const bool named = std::ranges::find(names_, info.name) != names_.end();
  if (named == (named_ == Named::Pass)) to_.visit(info, value);
}

void FieldDescriber::visit(const FieldInfo& info, const FieldValue& value) {
  const bool bounded = !std::holds_alternative<bool*>(value) && !std::holds_alternative<Kinds*>(value) &&
                       !std::holds_alternative<Choice>(value) &&
                       !std::holds_alternative<std::string*>(value) &&
                       !std::holds_alternative<std::vector<std::string>*>(value);
  fields.push_back({std::string(info.name), kind_of(value), field_text(value),
                    bounded ? bounds_text(info.bounds) : "", std::string(info.unit), std::string(info.help)});
  if (const auto* kinds = std::get_if<Kinds*>(&value)) (*kinds)->fields(*this);
}

}  // namespace doppel
