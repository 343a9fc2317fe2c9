#include "record_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "doppel/base/error.h"
#include "doppel/base/utf8.h"
#include "text.h"

namespace doppel::dataset {
namespace {

/// As a table would have it.
std::string text_of_value(const augment::NamedValue& field) {
  if (const auto* text = std::get_if<std::string>(&field.value)) return *text;
  if (const auto* whole = std::get_if<std::int64_t>(&field.value)) return std::to_string(*whole);
  if (const auto* real = std::get_if<double>(&field.value)) return fmt::format("{}", *real);
  return "a list";
}

}  // namespace

bool is_field_text(std::string_view bytes) { return bytes.size() <= kLongestField && is_utf8(bytes); }

RecordValues::RecordValues(const std::map<std::string, std::string>& columns) {
  const ManifestRoles roles(columns);
  if (!roles.given(ManifestRole::Frame).empty())
    throw UsageError("columns of frames are of tables that name files, not of records with images inside");
  values_.set_names(roles.targets());
  for (const std::string& name : values_.names()) targets_.push_back(lower(trimmed(name)));
  weight_ = lower(trimmed(roles.given(ManifestRole::Weight)));
}

bool RecordValues::is_given(std::string_view name) const {
  const std::string plain = lower(trimmed(name));
  return !plain.empty() && (plain == weight_ || std::ranges::find(targets_, plain) != targets_.end());
}

void RecordValues::take(std::vector<augment::NamedValue> said) {
  ManifestRow row;
  std::vector<std::optional<double>> numbers(targets_.size());
  for (augment::NamedValue& field : said) {
    const std::string plain = lower(trimmed(field.name));
    const auto target = std::ranges::find(targets_, plain);
    // "Age" and "age".
    const auto said_twice = [&](bool is_said) {
      if (is_said) throw Error(fmt::format("two of its names are '{}' in lower case", plain));
    };
    if (target != targets_.end()) {
      auto& number = numbers[static_cast<std::size_t>(target - targets_.begin())];
      said_twice(number.has_value());
      number = target_in(text_of_value(field), field.name);
    } else if (plain == weight_ && !weight_.empty()) {
      said_twice(row.weight.has_value());
      row.weight = weight_in(text_of_value(field), field.name);
    }
    if (target != targets_.end() || (plain == weight_ && !weight_.empty())) {
      found_.insert(plain);
      continue;
    }
    if (!kept_.contains(field.name)) kept_.insert(field.name);
    row.fields.push_back(std::move(field));
  }
  row.say_numbers(numbers, values_.names());
  values_.take(row, samples_++);
}

void RecordValues::finish(std::string_view one, const std::set<std::string>& met, Remarks& remarks,
                          const std::set<std::string>& all) {
  std::vector<std::string> wanted = targets_;
  if (!weight_.empty()) wanted.push_back(weight_);
  for (const std::string& name : wanted)
    if (!found_.contains(name)) {
      std::set<std::string> there(all);
      there.insert(met.begin(), met.end());
      there.insert(kept_.begin(), kept_.end());
      throw Error(fmt::format("no {} with a number is called '{}' (there {})", one, name,
                              there.empty() ? "is none" : fmt::format("are: {}", fmt::join(there, ", "))));
    }
  // "keys of .json"
  std::string several(one);
  several.insert(std::min(several.size(), several.find(' ')), "s");
  ManifestValues::Names names{.what = several};
  names.kept.assign(kept_.begin(), kept_.end());
  for (const std::string& name : met)
    if (!kept_.contains(name) && !is_given(name)) names.unused.push_back(name);
  values_.finish(names, remarks);
}

}  // namespace doppel::dataset
