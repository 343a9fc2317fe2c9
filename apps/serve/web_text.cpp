// Paths and queries, taken apart.
#include <algorithm>

#include "doppel/base/percent.h"
#include "serve/server.h"

namespace doppel::apps {
namespace {

/// A space is a plus in queries.
std::string unescaped(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return percent_decoded(spaced);
}

}  // namespace

std::vector<std::string> path_segments(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) segments.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return segments;
}

std::map<std::string, std::string, std::less<>> query_values(std::string_view query) {
  std::map<std::string, std::string, std::less<>> values;
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    const std::size_t equals = std::min(one.find('='), one.size());
    if (!one.empty())
      values[unescaped(one.substr(0, equals))] = unescaped(one.substr(std::min(equals + 1, one.size())));
  }
  return values;
}

}  // namespace doppel::apps
