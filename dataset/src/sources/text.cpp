#include "text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::dataset {
namespace {

constexpr std::string_view kMark = "\xef\xbb\xbf", kNoBreak = "\xc2\xa0";

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f' || c == '\0';
}

void append_utf8(std::string& text, std::uint32_t c) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xc0 | c >> 6), tail(0);
  } else if (c < 0x10000) {
    text += static_cast<char>(0xe0 | c >> 12), tail(6), tail(0);
  } else {
    text += static_cast<char>(0xf0 | c >> 18), tail(12), tail(6), tail(0);
  }
}

/// `big`: the more significant byte comes first. A surrogate without its other half becomes U+FFFD.
std::string from_utf16(const std::vector<unsigned char>& bytes, bool big) {
  std::string text;
  const auto unit = [&](std::size_t i) -> std::uint32_t {
    return big ? bytes[i] << 8U | bytes[i + 1] : bytes[i + 1] << 8U | bytes[i];
  };
  for (std::size_t i = 2; i + 1 < bytes.size(); i += 2) {
    std::uint32_t c = unit(i);
    if (c >= 0xd800 && c < 0xdc00 && i + 3 < bytes.size() && unit(i + 2) >= 0xdc00 && unit(i + 2) < 0xe000) {
      c = 0x10000 + ((c - 0xd800) << 10) + (unit(i + 2) - 0xdc00);
      i += 2;
    } else if (c >= 0xd800 && c < 0xe000) {
      c = 0xfffd;
    }
    append_utf8(text, c);
  }
  return text;
}

}  // namespace

std::string read_text(const std::filesystem::path& file) {
  std::string text = text_in(read_file(file));
  if (const std::size_t zero = text.find('\0'); zero != text.npos)
    throw Error(fmt::format("{}:{}: a zero byte, where text should be: the file is damaged", file.string(),
                            1 + std::ranges::count(std::string_view(text).substr(0, zero), '\n')));
  return text;
}

std::string text_in(const std::vector<unsigned char>& bytes) {
  if (bytes.size() >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe) return from_utf16(bytes, false);
  if (bytes.size() >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff) return from_utf16(bytes, true);
  const bool marked = bytes.size() >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf;
  return {bytes.begin() + (marked ? 3 : 0), bytes.end()};
}

std::string_view without_mark(std::string_view text) { return text.substr(text.starts_with(kMark) ? 3 : 0); }

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + (text.substr(end, 2) == "\r\n" ? 2 : 1);
  }
  return lines;
}

std::vector<std::string> filled_lines(std::string_view text) {
  std::vector<std::string> filled;
  for (const std::string_view line : lines_of(text))
    if (const std::string_view inside = trimmed(line); !inside.empty()) filled.emplace_back(inside);
  return filled;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < line.size();) {
    while (at < line.size() && is_blank(line[at])) ++at;
    std::size_t end = at;
    while (end < line.size() && !is_blank(line[end])) ++end;
    if (end > at) words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::string_view trimmed(std::string_view text) {
  for (std::size_t before = text.size() + 1; before != text.size();) {
    before = text.size();
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    if (text.starts_with(kNoBreak)) text.remove_prefix(2);
    if (text.ends_with(kNoBreak)) text.remove_suffix(2);
  }
  return text;
}

std::string lower(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](unsigned char c) { return std::tolower(c); });
  return small;
}

std::vector<std::string> alphanumeric_words(std::string_view text) {
  std::vector<std::string> words{""};
  for (const char c : lower(text))
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      words.back() += c;
    else
      words.emplace_back();
  std::erase(words, "");
  return words;
}

std::optional<double> real_number(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  text = trimmed(text);
  const std::string_view digits = text.substr(text.starts_with('+') && !text.starts_with("+-") ? 1 : 0);
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), whole);
  if (error == std::errc() && end == digits.data() + digits.size()) return whole;
  const auto value = real_number(text);
  constexpr double kExact = 9007199254740992;  // 2^53
  if (!value || std::floor(*value) != *value || std::abs(*value) > kExact) return {};
  return static_cast<std::int64_t>(*value);
}

}  // namespace doppel::dataset
