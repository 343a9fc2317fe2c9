#include "manifest_rows.h"

#include <algorithm>

#include "text.h"

namespace doppel::dataset {

void ManifestRow::list_labels(const std::vector<std::string>& names) {
  shows_none = names.empty();
  for (const std::string& name : names)
    if (std::ranges::find(shares, name, &std::pair<std::string, double>::first) == shares.end())
      shares.emplace_back(name, 1.0);
  if (shares.size() > 1) return;
  if (!shares.empty()) label = shares[0].first;
  shares.clear();
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
