#include "doppel/base/format_version.h"

#include <fmt/format.h>

#include <charconv>

#include "doppel/base/error.h"

namespace doppel {

void check_format(std::string_view number, int newest, const std::string& path) {
  int found = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), found);
  if (error != std::errc() || end != number.data() + number.size() || found < 1)
    throw Error(fmt::format("{}: '{}' is no number of a format", path, number));
  if (found > newest)
    throw Error(fmt::format("{}: has format {}, which a later doppel made; this one reads up to {}", path,
                            found, newest));
}

}  // namespace doppel
