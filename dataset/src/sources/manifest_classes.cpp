#include "manifest_classes.h"

#include <fmt/format.h>

#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

bool is_written_plainly(std::string_view number) {
  return number.find_first_of(".eE+") == std::string_view::npos;
}

}  // namespace

int ManifestClasses::of(std::string_view text, Kind kind, std::size_t number) {
  const auto [at, is_new] = numbers_.emplace(std::string(text), static_cast<int>(texts_.size()));
  const auto k = static_cast<std::size_t>(kind);
  if (is_new) {
    texts_.emplace_back(text);
    kinds_.push_back({});
  }
  std::array<bool, 2>& kinds = kinds_[static_cast<std::size_t>(at->second)];
  if (kinds[k]) return at->second;
  kinds[k] = true;
  Column& column = columns_[k];
  if (!real_number(text)) {
    column.only_numbers = false;
  } else if (!whole_number(text) && column.fraction_at == 0) {
    column.fraction_at = number;
    column.fraction = text;
  }
  return at->second;
}

std::vector<std::string> ManifestClasses::finish(std::vector<int>& merged, std::string_view unit,
                                                 bool minus_one_is_none) const {
  for (const Column& column : columns_)
    if (column.only_numbers && column.fraction_at > 0)
      throw Error(
          fmt::format("{} {}: the label is {}, and numbers with fractions are no classes; --columns "
                      "target=NAME learns them as numbers; else make classes of them (ranges, say), or name "
                      "the column that holds the classes",
                      unit, column.fraction_at, column.fraction));
  std::vector<std::string> names;
  std::unordered_map<std::string, int> known;
  merged.clear();
  const auto is_number = [&](std::size_t c) {
    return (kinds_[c][0] && columns_[0].only_numbers) || (kinds_[c][1] && columns_[1].only_numbers);
  };
  // Beside a class 0, -1 is what many write for none; beside 1 alone it's the other class.
  for (std::size_t c = 0; c < texts_.size(); ++c)
    minus_one_is_none |= is_number(c) && whole_number(texts_[c]) == 0;
  for (std::size_t c = 0; c < texts_.size(); ++c) {
    std::string name = texts_[c];
    if (is_number(c) && minus_one_is_none && whole_number(name) == -1) {
      merged.push_back(-1);
      continue;
    }
    if (is_number(c) && !is_written_plainly(name)) name = std::to_string(whole_number(name).value());
    const auto [at, is_new] = known.emplace(name, static_cast<int>(names.size()));
    if (is_new) names.push_back(name);
    merged.push_back(at->second);
  }
  return names;
}

}  // namespace doppel::dataset
