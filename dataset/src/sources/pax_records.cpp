#include "pax_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

std::uint64_t number_in(std::string_view key, std::string_view value) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size())
    throw Error(fmt::format("an extended header whose {} is '{}', which is no number", key, value));
  return number;
}

}  // namespace

void PaxRecords::read(std::string_view text) {
  // Zeros may fill the last block.
  while (!text.empty() && text.find_first_not_of('\0') != text.npos) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || length <= digits + 1 || length > text.size() || text[digits] != ' ' ||
        text[length - 1] != '\n')
      throw Error("a damaged extended header");
    const std::string_view line = text.substr(digits + 1, length - digits - 2);
    text.remove_prefix(length);
    const std::size_t equals = line.find('=');
    if (equals == line.npos) throw Error("a damaged extended header");
    take(line.substr(0, equals), line.substr(equals + 1));
  }
}

void PaxRecords::take(std::string_view key, std::string_view value) {
  const auto number = [&]() -> std::optional<std::uint64_t> {
    return value.empty() ? std::nullopt : std::optional(number_in(key, value));
  };
  if (key == "path") path = value.substr(0, value.find('\0'));
  if (key == "linkpath") link_path = value.substr(0, value.find('\0'));
  if (key == "size") size = number();
  if (!key.starts_with("GNU.sparse.")) return;
  if (key == "GNU.sparse.name") sparse_name = value.substr(0, value.find('\0'));
  if (key == "GNU.sparse.size" || key == "GNU.sparse.realsize") sparse_size = number();
  if (key == "GNU.sparse.major") sparse_major = number().value_or(0);
  if (key == "GNU.sparse.offset") sparse_map.emplace_back(number_in(key, value), 0);
  if (key == "GNU.sparse.numbytes") {
    if (sparse_map.empty()) throw Error("an extended header whose sparse map lacks an offset");
    sparse_map.back().second = number_in(key, value);
  }
  if (key == "GNU.sparse.map") {
    std::vector<std::uint64_t> numbers;
    for (std::size_t at = 0; at < value.size();) {
      const std::size_t end = std::min(value.find(',', at), value.size());
      numbers.push_back(number_in(key, value.substr(at, end - at)));
      at = end + 1;
    }
    if (numbers.size() % 2 != 0) throw Error("an extended header whose sparse map lacks a number");
    sparse_map.clear();
    for (std::size_t i = 0; i < numbers.size(); i += 2) sparse_map.emplace_back(numbers[i], numbers[i + 1]);
  }
}

}  // namespace doppel::dataset
