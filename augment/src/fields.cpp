#include "doppel/augment/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "doppel/augment/error.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {
namespace {

std::string fill_text(const Fill& fill) {
  switch (fill.kind) {
    case Fill::Kind::Reflect:
      return "reflect";
    case Fill::Kind::Replicate:
      return "replicate";
    case Fill::Kind::Wrap:
      return "wrap";
    case Fill::Kind::Color:
      break;
  }
  return fmt::format("[{}, {}, {}]", fill.color[0], fill.color[1], fill.color[2]);
}

std::string bounds_text(const Bounds& bounds) {
  const bool low = std::isfinite(bounds.low), high = std::isfinite(bounds.high);
  if (low && high) return fmt::format("{} to {}", bounds.low, bounds.high);
  if (low) return fmt::format("at least {}", bounds.low);
  if (high) return fmt::format("at most {}", bounds.high);
  return "any";
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

}  // namespace

std::string number_text(double value) { return fmt::format("{}", value); }

std::string nearest_name(std::string_view word, std::span<const std::string> candidates) {
  std::string best;
  std::size_t distance = std::max<std::size_t>(2, word.size() / 2) + 1;
  for (const std::string& candidate : candidates)
    if (const std::size_t d = edit_distance(word, candidate); d < distance) {
      distance = d;
      best = candidate;
    }
  return best;
}

void FieldValidator::check(const FieldInfo& info, double value) const {
  if (std::isfinite(value) && value >= info.bounds.low && value <= info.bounds.high) return;
  throw UsageError(fmt::format("{}: {} is {}, but must be {}{}{}", owner_, info.name, value,
                               bounds_text(info.bounds), info.unit.empty() ? "" : " ", info.unit));
}
void FieldValidator::operator()(const FieldInfo&, bool&) {}
void FieldValidator::operator()(const FieldInfo& info, double& value) { check(info, value); }
void FieldValidator::operator()(const FieldInfo& info, int& value) { check(info, value); }
void FieldValidator::operator()(const FieldInfo&, std::uint64_t&) {}
void FieldValidator::operator()(const FieldInfo& info, Range& value) {
  check(info, value.low);
  check(info, value.high);
  if (value.low > value.high)
    throw UsageError(fmt::format("{}: {} is [{}, {}], upside down; write [{}, {}]", owner_, info.name,
                                 value.low, value.high, value.high, value.low));
}
void FieldValidator::operator()(const FieldInfo& info, IntRange& value) {
  Range range{static_cast<double>(value.low), static_cast<double>(value.high)};
  (*this)(info, range);
}
void FieldValidator::operator()(const FieldInfo& info, Size& value) {
  check(info, value.height);
  check(info, value.width);
}
void FieldValidator::operator()(const FieldInfo& info, Fill& value) {
  if (value.kind == Fill::Kind::Color)
    for (const double c : value.color) check({info.name, {0, 1}, "of the full range", info.help}, c);
}
void FieldValidator::operator()(const FieldInfo& info, std::vector<double>& value) {
  for (const double v : value) check(info, v);
}
void FieldValidator::operator()(const FieldInfo& info, std::vector<Transform>& value) {
  if (value.empty()) throw UsageError(fmt::format("{}: {} names no transform", owner_, info.name));
}
void FieldValidator::choose(const FieldInfo&, int&, std::span<const std::string_view>) {}

void FieldDescriber::add(const FieldInfo& info, std::string kind, std::string value) {
  fields.push_back({std::string(info.name), std::move(kind), std::move(value), bounds_text(info.bounds),
                    std::string(info.unit), std::string(info.help)});
}
void FieldDescriber::operator()(const FieldInfo& info, bool& value) {
  add(info, "true | false", value ? "true" : "false");
  fields.back().bounds = "";
}
void FieldDescriber::operator()(const FieldInfo& info, double& value) {
  add(info, "number", number_text(value));
}
void FieldDescriber::operator()(const FieldInfo& info, int& value) {
  add(info, "whole", std::to_string(value));
}
void FieldDescriber::operator()(const FieldInfo& info, std::uint64_t& value) {
  add(info, "whole", std::to_string(value));
}
void FieldDescriber::operator()(const FieldInfo& info, Range& value) {
  add(info, "range", fmt::format("[{}, {}]", value.low, value.high));
}
void FieldDescriber::operator()(const FieldInfo& info, IntRange& value) {
  add(info, "whole range", fmt::format("[{}, {}]", value.low, value.high));
}
void FieldDescriber::operator()(const FieldInfo& info, Size& value) {
  add(info, "size", fmt::format("[{}, {}]", value.height, value.width));
}
void FieldDescriber::operator()(const FieldInfo& info, Fill& value) { add(info, "fill", fill_text(value)); }
void FieldDescriber::operator()(const FieldInfo& info, std::vector<double>& value) {
  add(info, "numbers", fmt::format("[{}]", fmt::join(value, ", ")));
}
void FieldDescriber::operator()(const FieldInfo& info, std::vector<Transform>&) {
  add(info, "transforms", "[]");
}
void FieldDescriber::choose(const FieldInfo& info, int& value, std::span<const std::string_view> names) {
  std::string all;
  for (const auto name : names) all += (all.empty() ? "" : " | ") + std::string(name);
  add(info, all, std::string(names[static_cast<std::size_t>(value)]));
  fields.back().bounds = "";
}

}  // namespace doppel::augment
