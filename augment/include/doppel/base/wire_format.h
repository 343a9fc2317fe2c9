// Messages in protocol buffers' wire format, read field by field.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "doppel/base/byte_reader.h"
#include "doppel/base/error.h"

namespace doppel {

/// A field of a message.
struct WireField {
  /// How its value is written.
  enum Kind : unsigned { Varint = 0, Eight = 1, Bytes = 2, Four = 5 };
  std::uint64_t number = 0;              ///< of the field in its message
  unsigned kind = 0;                     ///< which Kind it is
  std::uint64_t value = 0;               ///< of a Varint
  std::span<const unsigned char> bytes;  ///< of any other: texts, inner messages, floats
  /// The bytes as text.
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
};

/// Calls show(field) for each of them. Throws Error where the message ends early, and Error(`otherwise`) for
/// what isn't in this format.
template <class Show>
void each_wire_field(std::span<const unsigned char> message, const char* otherwise, Show show) {
  for (ByteReader in(message); in.left() > 0;) {
    const std::uint64_t head = in.varint();
    WireField field;
    field.number = head >> 3;
    field.kind = static_cast<unsigned>(head & 7);
    if (field.kind == WireField::Varint)
      field.value = in.varint();
    else if (field.kind == WireField::Eight)
      field.bytes = in.take(8);
    else if (field.kind == WireField::Bytes)
      field.bytes = in.take(in.varint());
    else if (field.kind == WireField::Four)
      field.bytes = in.take(4);
    else
      throw Error(otherwise);
    show(field);
  }
}

}  // namespace doppel
