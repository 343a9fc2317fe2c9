#include "manifest_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

/// As much of a field as fits an error: some hold long lists.
std::string shown_field(std::string_view text) {
  constexpr std::size_t kMost = 40;
  return text.size() <= kMost ? std::string(text) : std::string(text.substr(0, kMost)) + "…";
}

}  // namespace

void ManifestRow::list_labels(const std::vector<std::string>& names) {
  shows_none = names.empty();
  for (const std::string& name : names)
    if (std::ranges::find(shares, name, &std::pair<std::string, double>::first) == shares.end())
      shares.emplace_back(name, 1.0);
  if (shares.size() > 1) return;
  if (!shares.empty()) label = shares[0].first;
  shares.clear();
}

void ManifestRow::say_numbers(const std::vector<std::optional<double>>& said,
                              const std::vector<std::string>& names) {
  for (std::size_t k = 0; k < said.size(); ++k)
    if (said[k].has_value() != said[0].has_value())
      throw Error(fmt::format("{} is there, but not {}", names[said[0] ? 0 : k], names[said[0] ? k : 0]));
  numbers.clear();
  if (said.empty() || !said[0]) return;
  for (const auto& one : said) numbers.push_back(*one);
}

std::optional<double> target_in(std::string_view field, std::string_view name) {
  const std::string_view text = trimmed(field);
  if (text.empty() || lower(text) == "nan") return {};
  const auto number = real_number(text);
  if (!number)
    throw Error(fmt::format("{} is '{}', and must be a number to be learned", name, shown_field(text)));
  return number;
}

std::optional<double> weight_in(std::string_view field, std::string_view name) {
  const std::string_view text = trimmed(field);
  if (text.empty()) return {};
  const auto number = real_number(text);
  if (!number || *number < 0)
    throw Error(
        fmt::format("the weight {} is '{}', and must be a number of 0 or more", name, shown_field(text)));
  return number;
}

int frame_in(std::string_view field, std::string_view name) {
  const std::string_view text = trimmed(field);
  if (text.empty()) return -1;
  const auto number = whole_number(text);
  if (!number || *number < 0 || *number > 1 << 30)
    throw Error(fmt::format("the frame {} is '{}', and must be a whole number, 0 for a file's first", name,
                            shown_field(text)));
  return static_cast<int>(*number);
}

int side_in(std::string_view field) {
  const auto side = whole_number(field);
  return side && *side > 0 && *side <= 1 << 30 ? static_cast<int>(*side) : 0;
}

std::vector<std::string> labels_in(std::string_view field) {
  std::vector<std::string> labels;
  for (std::size_t at = 0; at <= field.size();) {
    const std::size_t end = std::min(field.find(';', at), field.size());
    if (const std::string_view one = trimmed(field.substr(at, end - at)); !one.empty())
      labels.emplace_back(one);
    at = end + 1;
  }
  return labels;
}

}  // namespace doppel::dataset
