#include "doppel/base/utf8.h"

namespace doppel {
namespace {

/// Bytes after the first of a UTF-8 character; -1 where none begins so.
int more_of_character(unsigned char first) {
  if (first < 0x80) return 0;
  if (first >= 0xc2 && first < 0xe0) return 1;
  if (first >= 0xe0 && first < 0xf0) return 2;
  return first >= 0xf0 && first < 0xf5 ? 3 : -1;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at++]);
    for (int more = more_of_character(first); more != 0; --more) {
      if (more < 0 || at == text.size() || (static_cast<unsigned char>(text[at++]) & 0xc0) != 0x80)
        return false;
    }
  }
  return true;
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
