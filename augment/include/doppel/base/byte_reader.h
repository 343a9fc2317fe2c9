// Bytes of a binary format, read from the front and never beyond their end.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "doppel/base/error.h"

namespace doppel {

/// Each read throws Error("ends early") where fewer bytes are left than it needs.
class ByteReader {
 public:
  /// The bytes must outlive it, and what take() and text() give.
  explicit ByteReader(std::span<const unsigned char> bytes) : bytes_(bytes) {}
  std::size_t left() const { return bytes_.size(); }  ///< bytes that weren't read
  unsigned char byte() { return take(1)[0]; }         ///< the next one
  /// The next bytes, where they lie.
  std::span<const unsigned char> take(std::uint64_t size) {
    if (size > bytes_.size()) throw Error("ends early");
    const auto taken = bytes_.first(static_cast<std::size_t>(size));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }
  /// The same, as text.
  std::string_view text(std::uint64_t size) {
    const auto taken = take(size);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }
  /// Seven bits a byte, the least significant first. Throws Error beyond 64 bits.
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const unsigned char next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
    throw Error("a number of more than 64 bits");
  }
  /// The same, of a number whose sign is its lowest bit.
  std::int64_t zigzag() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }
  /// The least significant byte first, as x86 and Arm keep it in memory.
  template <class T>
    requires std::integral<T> || std::floating_point<T>
  T little() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }

 private:
  std::span<const unsigned char> bytes_;
};

}  // namespace doppel
