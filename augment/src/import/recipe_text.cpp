#include "recipe_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/augment/recipe/catalogue.h"
#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

/// Writes transforms one below the other, each with its notes above it.
class Lines {
 public:
  void comment(std::string note, std::size_t indent) {
    std::ranges::replace_if(note, [](unsigned char c) { return c < ' '; }, ' ');
    text += fmt::format("{:{}}# {}\n", "", indent, note);
    notes.push_back(std::move(note));
  }
  void add(const Written& one, std::size_t indent) {
    for (const std::string& note : one.notes) comment(note, indent);
    if (!one.parts.empty()) return add_structure(one, indent);
    text += fmt::format("{:{}}- {}", "", indent, one.name);
    std::string fields;
    for (const auto& [field, value] : one.fields)
      fields += fmt::format("{}{}: {}", fields.empty() ? "" : ", ", field, value);
    text += fields.empty() ? "\n" : fmt::format(": {{{}}}\n", fields);
  }

  std::string text;
  std::vector<std::string> notes;

 private:
  void add_structure(const Written& one, std::size_t indent) {
    text += fmt::format("{:{}}- {}:\n", "", indent, one.name);
    for (const auto& [field, value] : one.fields)
      text += fmt::format("{:{}}{}: {}\n", "", indent + 4, field, value);
    if (one.name == "OneOf" && std::ranges::any_of(one.parts, [&](const Written& part) {
          return part.weight != one.parts.front().weight;
        })) {
      std::vector<double> weights;
      for (const Written& part : one.parts) weights.push_back(part.weight);
      text += fmt::format("{:{}}weights: {}\n", "", indent + 4, list_yaml(weights));
    }
    text +=
        fmt::format("{:{}}{}:\n", "", indent + 4, one.name == "Maybe" || one.name == "Repeat" ? "do" : "of");
    for (const Written& part : one.parts) add(part, indent + 6);
  }
};

/// Why a transform can't be as it is; empty where it can.
std::string complaint(const Written& one) {
  Lines lines;
  lines.add(one, 0);
  try {
    Recipe::from_yaml(lines.text, "");
  } catch (const UsageError& error) {
    const std::string what = error.what();
    const std::size_t place = what.find(": ");  // ":1: "
    return place == what.npos ? what : what.substr(place + 2);
  }
  return {};
}

/// What is left of a list; what it can't hold becomes a note of `notes`.
std::vector<Written> usable(std::vector<Written> list, std::vector<std::string>& notes) {
  std::vector<Written> kept;
  for (Written& one : list) {
    // Notes of what is gone belong to what comes next.
    std::vector<std::string> own;
    if (!one.parts.empty()) {
      const std::size_t all = one.parts.size();
      one.parts = usable(std::move(one.parts), own);
      if (one.name == "SomeOf" && !one.parts.empty() && one.parts.size() < all)
        own.push_back(fmt::format("SomeOf draws from {} parts in place of {}, and so each of them more often",
                                  one.parts.size(), all));
      if (one.parts.empty()) own.push_back(one.name + " is left out: nothing is left in it");
    }
    const bool empty = own.size() > 0 && one.parts.empty();
    const std::string problem = empty || one.name.empty() ? "" : complaint(one);
    if (!problem.empty()) own.push_back(fmt::format("left out: {}", problem));
    own.insert(own.begin(), one.notes.begin(), one.notes.end());
    if (one.name.empty() || empty || !problem.empty()) {
      notes.insert(notes.end(), own.begin(), own.end());
      continue;
    }
    own.insert(own.begin(), notes.begin(), notes.end());
    notes.clear();
    one.notes = std::move(own);
    kept.push_back(std::move(one));
  }
  return kept;
}

}  // namespace

std::string number_yaml(double value) {
  std::string text = fmt::format("{:.8g}", value == 0 ? 0 : value);
  const std::size_t exponent = text.find('e');
  // With a point, without which YAML 1.1 takes 1e-08 for text.
  if (exponent != text.npos && text.find('.') == text.npos) text.insert(exponent, ".0");
  return text;
}

std::string range_yaml(const Range& range) {
  if (range.low == range.high) return number_yaml(range.low);
  return fmt::format("[{}, {}]", number_yaml(range.low), number_yaml(range.high));
}

std::string list_yaml(std::span<const double> values) {
  std::string text;
  for (const double value : values) text += (text.empty() ? "" : ", ") + number_yaml(value);
  return "[" + text + "]";
}

Written& Written::set(std::string field, std::string yaml) {
  const auto there = std::ranges::find(fields, field, &std::pair<std::string, std::string>::first);
  if (there != fields.end())
    there->second = std::move(yaml);
  else
    fields.emplace_back(std::move(field), std::move(yaml));
  return *this;
}

Written& Written::chance(double p) {
  if (find_transform(name).make().chance() == p) return *this;
  return set("p", p);
}

Written& Written::note(std::string sentence) {
  notes.push_back(std::move(sentence));
  return *this;
}

Imported WrittenRecipe::text() && {
  std::vector<std::string> left_over;
  transforms = usable(std::move(transforms), left_over);
  Lines lines;
  for (const std::string& note : notes) lines.comment(note, 0);
  for (const auto& [rule, value] : rules) lines.text += fmt::format("{}: {}\n", rule, value);
  if (!rules.empty()) lines.text += transforms.empty() ? "transforms: []\n" : "transforms:\n";
  for (const Written& one : transforms) lines.add(one, rules.empty() ? 0 : 2);
  for (const std::string& note : left_over) lines.comment(note, 0);
  if (rules.empty() && transforms.empty()) lines.text += "[]\n";
  return {std::move(lines.text), std::move(lines.notes)};
}

}  // namespace doppel::augment
