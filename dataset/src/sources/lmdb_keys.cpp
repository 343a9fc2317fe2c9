#include "lmdb_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "doppel/base/byte_reader.h"
#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

/// UTF-8 without control characters, but for blanks.
bool is_plain_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto first = static_cast<unsigned char>(text[i]);
    if (first < 0x20 && first != '\t' && first != '\n' && first != '\r') return false;
    if (first == 0x7f || (first >= 0x80 && first < 0xc2) || first > 0xf4) return false;
    const std::size_t more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if (more > text.size() - i - 1) return false;
    for (std::size_t k = 0; k < more; ++k)
      if ((static_cast<unsigned char>(text[++i]) & 0xc0) != 0x80) return false;
  }
  return true;
}

std::optional<std::uint16_t> listed_side(std::string_view text) {
  const auto side = whole_number(text);
  return side && *side > 0 && *side <= 65535 ? std::optional(static_cast<std::uint16_t>(*side))
                                             : std::nullopt;
}

std::optional<LmdbListed> listed_in(std::string_view line) {
  const std::size_t open = line.rfind('('), close = line.rfind(')');
  if (open == line.npos || close == line.npos || close < open) return {};
  const std::string_view name = trimmed(line.substr(0, open)),
                         sides = line.substr(open + 1, close - open - 1);
  const std::size_t first = sides.find(','), second = sides.find(',', first + 1);
  if (name.empty() || first == sides.npos) return {};
  const auto height = listed_side(sides.substr(0, first)),
             width = listed_side(sides.substr(first + 1, second == sides.npos ? second : second - first - 1));
  if (!height || !width) return {};
  const std::size_t dot = name.rfind('.');
  return LmdbListed{std::string(name.substr(0, dot)), *height, *width};
}

}  // namespace

std::string lmdb_key_text(std::string_view key, bool whole_number_keys) {
  const std::span bytes(reinterpret_cast<const unsigned char*>(key.data()), key.size());
  if (whole_number_keys && key.size() == 4) return std::to_string(ByteReader(bytes).little<std::uint32_t>());
  if (whole_number_keys && key.size() == 8) return std::to_string(ByteReader(bytes).little<std::uint64_t>());
  const std::string_view text = key.ends_with('\0') ? key.substr(0, key.size() - 1) : key;
  if (is_plain_text(text)) return std::string(text);
  std::string hex = "0x";
  for (const unsigned char byte : bytes.first(std::min<std::size_t>(bytes.size(), 64)))
    hex += fmt::format("{:02x}", byte);
  return hex;
}

bool is_label_key(std::string_view key) {
  constexpr std::array<std::string_view, 4> kBefore{"label-", "label_", "label/", "labels/"};
  constexpr std::array<std::string_view, 3> kAfter{"-label", "_label", "/label"};
  return std::ranges::any_of(kBefore, [&](std::string_view part) { return key.starts_with(part); }) ||
         std::ranges::any_of(kAfter, [&](std::string_view part) { return key.ends_with(part); });
}

std::string key_of_image(std::string_view key_of_label) {
  std::string key(key_of_label);
  return key.replace(key.starts_with("label") ? 0 : key.rfind("label"), 5, "image");
}

bool is_count_key(std::string_view key) {
  constexpr std::array<std::string_view, 7> kNames{"num-samples", "num_samples",  "length", "len",
                                                   "__len__",     "total_number", "count"};
  return std::ranges::find(kNames, key) != kNames.end();
}

std::optional<std::uint64_t> size_in_key(std::string_view key) {
  const std::size_t dash = key.find('-');
  constexpr std::size_t kLongest = 5;
  if (dash == key.npos || dash == 0 || dash > kLongest || dash + 1 == key.size()) return {};
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (i == dash) continue;
    if (!is_digit(key[i])) return {};
    if (i < dash) size = 10 * size + static_cast<std::uint64_t>(key[i] - '0');
  }
  return size;
}

std::optional<std::string> lmdb_text(const RandomFile& file, const LmdbEntry& entry) {
  constexpr std::uint64_t kMost = 1 << 16;
  if (entry.size > kMost) return {};
  std::vector<unsigned char> bytes(static_cast<std::size_t>(entry.size));
  file.read(entry.at, bytes);
  std::string text(bytes.begin(), bytes.end());
  return is_plain_text(text) ? std::optional(std::move(text)) : std::nullopt;
}

std::vector<LmdbListed> lmdb_list(const std::filesystem::path& file) {
  std::vector<LmdbListed> list;
  const std::string text = read_text(file);
  std::size_t number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    if (trimmed(line).empty()) continue;
    auto listed = listed_in(line);
    if (!listed)
      throw Error(fmt::format("{}:{}: '{}' isn't NAME (HEIGHT,WIDTH,CHANNELS) COMPRESSION", file.string(),
                              number, trimmed(line).substr(0, 100)));
    list.push_back(std::move(*listed));
  }
  return list;
}

}  // namespace doppel::dataset
