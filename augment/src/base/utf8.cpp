#include "doppel/base/utf8.h"

#include <fmt/format.h>

#include <algorithm>

namespace doppel {
namespace {

/// Bytes after the first of a UTF-8 character; -1 where none begins so.
int more_of_character(unsigned char first) {
  if (first < 0x80) return 0;
  if (first >= 0xc2 && first < 0xe0) return 1;
  if (first >= 0xe0 && first < 0xf0) return 2;
  return first >= 0xf0 && first < 0xf5 ? 3 : -1;
}

/// The bytes of the character that begins there; 0 where none does.
std::size_t character_at(std::string_view text, std::size_t at) {
  const int more = more_of_character(static_cast<unsigned char>(text[at]));
  if (more < 0 || static_cast<std::size_t>(more) >= text.size() - at) return 0;
  for (const char next : text.substr(at + 1, static_cast<std::size_t>(more)))
    if ((static_cast<unsigned char>(next) & 0xc0) != 0x80) return 0;
  return static_cast<std::size_t>(more) + 1;
}

/// Of a whole character: what moves a terminal's cursor and the like, by ISO 6429, but for tabs.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return (first < 0x20 && first != '\t') || first == 0x7f;
  return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = character_at(text, at);
    if (size == 0) return false;
    at += size;
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = character_at(text, at);
    const std::string_view character = text.substr(at, std::max<std::size_t>(1, size));
    if (size == 0 || is_control(character))
      for (const char byte : character) shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    else
      shown += character;
    at += character.size();
  }
  return shown;
}

void append_utf8(std::string& text, std::uint16_t code) {
  if (code < 0x800) {
    text += static_cast<char>(0xc0 | code >> 6);
  } else {
    text += static_cast<char>(0xe0 | code >> 12);
    text += static_cast<char>(0x80 | (code >> 6 & 0x3f));
  }
  text += static_cast<char>(0x80 | (code & 0x3f));
}

std::string utf8_of_latin1(std::string_view text) {
  std::string utf8;
  for (const char c : text)
    if (const auto byte = static_cast<unsigned char>(c); byte < 0x80)
      utf8 += c;
    else
      append_utf8(utf8, byte);
  return utf8;
}

}  // namespace doppel
