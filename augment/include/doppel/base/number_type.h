// Numbers as files store them, of any size and byte order.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>

namespace doppel {

/// How a number is stored.
struct NumberType {
  /// What its bits mean.
  enum class Kind { Bool, Signed, Unsigned, Float };
  Kind kind = Kind::Unsigned;  ///< of a byte, unless it's said
  int bytes = 1;               ///< 1, 2, 4 or 8; of floats 2, 4 or 8
  bool big_endian = false;     ///< of more than one byte
  /// An unsigned number of 8 bits.
  bool is_byte() const { return kind == Kind::Unsigned && bytes == 1; }
  /// All but floats.
  bool is_whole() const { return kind != Kind::Float; }
  std::string text() const {  ///< "uint8", as NumPy says it
    const char* name = kind == Kind::Signed ? "int" : kind == Kind::Unsigned ? "uint" : "float";
    return kind == Kind::Bool ? "bool" : name + std::to_string(8 * bytes);
  }
  friend bool operator==(const NumberType&, const NumberType&) = default;
};

/// IEEE's binary16.
struct HalfFloat {
  std::uint16_t bits;  ///< sign, 5 of the exponent, 10 of the fraction
  /// Exactly.
  explicit operator double() const {
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    const double size = exponent == 31  ? (fraction ? std::numeric_limits<double>::quiet_NaN()
                                                    : std::numeric_limits<double>::infinity())
                        : exponent == 0 ? std::ldexp(fraction, -24)
                                        : std::ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -size : size;
  }
};

/// The number that begins at `from`.
template <class T>
T stored_number(const unsigned char* from, bool big_endian) {
  unsigned char bytes[sizeof(T)];
  std::memcpy(bytes, from, sizeof(T));
  if (big_endian != (std::endian::native == std::endian::big))
    for (std::size_t i = 0; i < sizeof(T) / 2; ++i) std::swap(bytes[i], bytes[sizeof(T) - 1 - i]);
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

/// What `act` returns for a number of this type: it's called with one, 0, which says the type.
auto for_type(const NumberType& type, const auto& act) {
  using Kind = NumberType::Kind;
  switch (type.kind) {
    case Kind::Bool:
      return act(std::uint8_t{});
    case Kind::Signed:
      return type.bytes == 1   ? act(std::int8_t{})
             : type.bytes == 2 ? act(std::int16_t{})
             : type.bytes == 4 ? act(std::int32_t{})
                               : act(std::int64_t{});
    case Kind::Unsigned:
      return type.bytes == 1   ? act(std::uint8_t{})
             : type.bytes == 2 ? act(std::uint16_t{})
             : type.bytes == 4 ? act(std::uint32_t{})
                               : act(std::uint64_t{});
    case Kind::Float:
      break;
  }
  return type.bytes == 2 ? act(HalfFloat{}) : type.bytes == 4 ? act(float{}) : act(double{});
}

}  // namespace doppel
