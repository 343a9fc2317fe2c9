// Names of files and classes as text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace doppel {

/// Whether bytes are whole characters of UTF-8 (RFC 3629; surrogates and overlong forms of three and four
/// bytes aren't looked for).
bool is_utf8(std::string_view text);

/// Adds a character of the basic plane, 128 or more.
void append_utf8(std::string& text, std::uint16_t code);

/// Text as a line on a terminal: control characters but tabs, ends of lines too, and what is no UTF-8 become
/// \x1b, with the byte's own digits. Of printable text it is the same.
std::string printable(std::string_view text);

/// Text of ISO 8859-1, which older systems wrote, as UTF-8.
std::string utf8_of_latin1(std::string_view text);

}  // namespace doppel
