#include "base64.h"

#include <cstdint>

#include "doppel/base/error.h"

namespace doppel::dataset {

std::vector<unsigned char> bytes_from_base64(std::string_view text) {
  constexpr std::string_view kMark = "base64,";
  if (text.starts_with("data:"))
    if (const std::size_t mark = text.substr(0, 256).find(kMark); mark != text.npos)
      text.remove_prefix(mark + kMark.size());
  std::vector<unsigned char> bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t held = 0;
  int bits = 0;
  bool ended = false;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    int value = 0;
    if (c == '=') {
      ended = true;
      continue;
    }
    if (c >= 'A' && c <= 'Z')
      value = c - 'A';
    else if (c >= 'a' && c <= 'z')
      value = c - 'a' + 26;
    else if (c >= '0' && c <= '9')
      value = c - '0' + 52;
    else if (c == '+' || c == '/')
      value = c == '+' ? 62 : 63;
    else
      value = -1;
    if (value < 0 || ended) throw Error("damaged base64");
    held = held << 6U | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<unsigned char>(held >> bits & 0xffU));
  }
  return bytes;
}

}  // namespace doppel::dataset
