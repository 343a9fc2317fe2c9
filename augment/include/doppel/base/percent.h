// %20 and the like in addresses.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

namespace doppel {

/// The text with each % and two hexadecimal digits as the byte that they name (RFC 3986, 2.1); a % before
/// anything else stays.
inline std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const char* digits = text.data() + i + 1;
    const bool is_code = text[i] == '%' && i + 2 < text.size() &&
                         std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    decoded += is_code ? static_cast<char>(byte) : text[i];
    if (is_code) i += 2;
  }
  return decoded;
}

}  // namespace doppel
