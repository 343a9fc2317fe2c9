#include "tar_header.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"

namespace doppel::dataset {

bool is_zero(TarBlock block) {
  return std::ranges::all_of(block, [](unsigned char b) { return b == 0; });
}

std::string_view TarHeader::text(std::size_t at, std::size_t size) const {
  const std::string_view whole = raw(at, size);
  return whole.substr(0, whole.find('\0'));
}

std::optional<std::uint64_t> TarHeader::number_if_any(std::size_t at, std::size_t size) const {
  std::uint64_t value = 0;
  if ((block_[at] & 0x80) != 0) {
    if (block_[at] != 0x80) return {};  // negative, or beyond any file
    for (std::size_t i = 1; i < size; ++i) {
      if (value >> 55 != 0) return {};
      value = value << 8 | block_[at + i];
    }
    return value;
  }
  std::string_view digits = text(at, size);
  digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
  digits = digits.substr(0, digits.find(' '));
  for (const char c : digits) {
    if (c < '0' || c > '7') return {};
    value = value << 3 | static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

std::uint64_t TarHeader::number(std::size_t at, std::size_t size) const {
  if (const auto value = number_if_any(at, size)) return *value;
  throw Error(fmt::format("bytes {} to {} of its header are no number", at, at + size - 1));
}

bool TarHeader::checksum_holds() const {
  std::uint64_t sum = 0, high = 0;
  for (const unsigned char byte : block_) sum += byte, high += byte >> 7;
  for (std::size_t i = 148; i < 156; ++i) sum += ' ' - std::uint64_t{block_[i]}, high -= block_[i] >> 7;
  const auto said = number_if_any(148, 8);
  return said && (*said == sum || *said + 256 * high == sum);
}

void TarHeader::name_into(std::string& name) const {
  name.clear();
  if (raw(257, 6) == std::string_view("ustar\0", 6)) {
    name = text(345, 155);
    if (!name.empty()) name += '/';
  }
  name += text(0, 100);
}

}  // namespace doppel::dataset
