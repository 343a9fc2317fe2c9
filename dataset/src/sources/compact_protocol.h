// Thrift's compact protocol, in which Parquet describes itself: structs of numbered fields, read as they
// come.
#pragma once

#include <cstdint>
#include <string_view>

#include "doppel/base/byte_reader.h"

namespace doppel::dataset {

/// Keeps nothing: memory is that of what the caller takes.
class CompactReader {
 public:
  enum class Type {
    Stop = 0,
    True = 1,
    False = 2,
    Byte = 3,
    I16 = 4,
    I32 = 5,
    I64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Map = 11,
    Struct = 12
  };

  explicit CompactReader(ByteReader& bytes) : bytes_(bytes) {}
  /// Shows the number and type of each field of a struct. `show` reads its value or calls skip(). Throws
  /// Error for bytes that end early, unknown types, and structs nested deeper than 32.
  void each_field(const auto& show) {
    const Deeper deeper(*this);
    for (int id = 0;;) {
      const unsigned char head = bytes_.byte();
      if (head == 0) return;
      id = head >> 4 != 0 ? id + (head >> 4) : static_cast<int>(bytes_.zigzag());
      show(id, type_of(head & 15));
    }
  }
  /// Shows the type of each element of a list.
  void each_element(Type type, const auto& show) {
    if (type != Type::List && type != Type::Set) throw Error("a list was expected");
    const Deeper deeper(*this);
    const unsigned char head = bytes_.byte();
    const std::uint64_t size = head >> 4 == 15 ? bytes_.varint() : head >> 4;
    // Each takes a byte at least.
    if (size > bytes_.left()) throw Error("ends early");
    for (std::uint64_t i = 0; i < size; ++i) show(type_of(head & 15));
  }
  std::int64_t whole(Type type);     ///< of any width; throws Error for other types
  std::string_view text(Type type);  ///< a part of the bytes that are read
  static bool flag(Type type);       ///< of a field, not of an element
  void skip(Type type);              ///< a field
  void expect(Type type, Type wanted) const;

 private:
  struct Deeper {
    explicit Deeper(CompactReader& reader) : depth(reader.depth_) {
      if (++depth > 32) throw Error("nested deeper than 32");
    }
    ~Deeper() { --depth; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    int& depth;
  };
  static Type type_of(int number);
  void skip_element(Type type);

  ByteReader& bytes_;
  int depth_ = 0;
};

}  // namespace doppel::dataset
