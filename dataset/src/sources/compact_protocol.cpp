#include "compact_protocol.h"

namespace doppel::dataset {

CompactReader::Type CompactReader::type_of(int number) {
  if (number < 1 || number > 12) throw Error("a field of an unknown type");
  return static_cast<Type>(number);
}

std::int64_t CompactReader::whole(Type type) {
  if (type == Type::Byte) return static_cast<signed char>(bytes_.byte());
  if (type != Type::I16 && type != Type::I32 && type != Type::I64) throw Error("a number was expected");
  return bytes_.zigzag();
}

std::string_view CompactReader::text(Type type) {
  expect(type, Type::Binary);
  return bytes_.text(bytes_.varint());
}

bool CompactReader::flag(Type type) {
  if (type != Type::True && type != Type::False) throw Error("true or false was expected");
  return type == Type::True;
}

void CompactReader::expect(Type type, Type wanted) const {
  if (type != wanted) throw Error("a field of another type was expected");
}

void CompactReader::skip(Type type) {
  switch (type) {
    case Type::Stop:
    case Type::True:
    case Type::False:
      return;
    case Type::Byte:
    case Type::I16:
    case Type::I32:
    case Type::I64:
      (void)whole(type);
      return;
    case Type::Double:
      (void)bytes_.take(8);
      return;
    case Type::Binary:
      (void)text(type);
      return;
    case Type::List:
    case Type::Set:
      return each_element(type, [&](Type element) { skip_element(element); });
    case Type::Map: {
      const std::uint64_t size = bytes_.varint();
      if (size == 0) return;
      if (size > bytes_.left()) throw Error("ends early");
      const Deeper deeper(*this);
      const unsigned char types = bytes_.byte();
      for (std::uint64_t i = 0; i < size; ++i)
        skip_element(type_of(types >> 4)), skip_element(type_of(types & 15));
      return;
    }
    case Type::Struct:
      return each_field([&](int, Type field) { skip(field); });
  }
}

/// An element that is true or false has a byte of its own.
void CompactReader::skip_element(Type type) {
  if (type == Type::True || type == Type::False)
    (void)bytes_.byte();
  else
    skip(type);
}

}  // namespace doppel::dataset
