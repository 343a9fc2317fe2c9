// Numbers and names in headers.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace doppel {

enum class ByteOrder { Little, Big };

/// The unsigned number that `count` bytes (at most 4) at a place make; 0 where they aren't all there.
inline std::uint32_t number_at(std::span<const unsigned char> bytes, std::size_t at, std::size_t count,
                               ByteOrder order) {
  if (at > bytes.size() || count > bytes.size() - at) return 0;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i)
    value |= std::uint32_t{bytes[at + i]} << (8 * (order == ByteOrder::Big ? count - 1 - i : i));
  return value;
}

inline std::string_view as_text(std::span<const unsigned char> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace doppel
