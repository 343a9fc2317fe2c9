#include "duplicates.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>

#include "doppel/base/utf8.h"

namespace doppel::apps {
namespace {

using Pair = dataset::DuplicateFinder::Pair;

/// Prints the first pairs that `are`, and returns all.
nlohmann::json pairs_of(const char* what, const std::vector<Pair>& all,
                        const std::function<bool(const Pair&)>& are) {
  nlohmann::json list = nlohmann::json::array();
  std::vector<Pair> pairs;
  std::ranges::copy_if(all, std::back_inserter(pairs), are);
  for (const auto& pair : pairs) list.push_back({pair.a, pair.b});
  if (!pairs.empty()) fmt::print("{}: {}\n", what, pairs.size());
  for (std::size_t i = 0; i < std::min<std::size_t>(5, pairs.size()); ++i)
    fmt::print("    {} = {}\n", printable(pairs[i].a), printable(pairs[i].b));
  return list;
}

}  // namespace

nlohmann::json report_duplicates(const dataset::DuplicateFinder& duplicates) {
  const auto& all = duplicates.pairs();
  nlohmann::json result;
  result["exact"] = pairs_of("the same image twice", all, [](const Pair& p) { return p.exact; });
  result["near"] = pairs_of("almost the same image", all, [](const Pair& p) { return !p.exact; });
  result["across"] =
      pairs_of("in train and test, the same or almost", all, [](const Pair& p) { return p.across; });
  result["conflicts"] =
      pairs_of("the same or almost, with different labels", all, [](const Pair& p) { return p.conflict; });
  return result;
}

}  // namespace doppel::apps
