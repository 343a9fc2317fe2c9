#include "kept_fields.h"

#include <cstring>
#include <limits>

#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

enum class PackedKind : unsigned char { Text, Whole, Real, List };

template <class T>
void append_bytes(std::string& packed, const T& value) {
  packed.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Takes a value off the front.
template <class T>
T take_bytes(std::string_view& packed) {
  T value{};
  std::memcpy(&value, packed.data(), sizeof value);
  packed.remove_prefix(sizeof value);
  return value;
}

using FieldValueOf = decltype(augment::NamedValue::value);

void append_value(std::string& packed, const FieldValueOf& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    append_bytes(packed, PackedKind::Text);
    append_bytes(packed, static_cast<std::uint32_t>(text->size()));
    packed += *text;
  } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    append_bytes(packed, PackedKind::Whole);
    append_bytes(packed, *whole);
  } else if (const auto* real = std::get_if<double>(&value)) {
    append_bytes(packed, PackedKind::Real);
    append_bytes(packed, *real);
  } else {
    const auto& list = std::get<std::vector<double>>(value);
    append_bytes(packed, PackedKind::List);
    append_bytes(packed, static_cast<std::uint32_t>(list.size()));
    packed.append(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(double));
  }
}

FieldValueOf take_value(std::string_view& packed) {
  switch (take_bytes<PackedKind>(packed)) {
    case PackedKind::Whole:
      return take_bytes<std::int64_t>(packed);
    case PackedKind::Real:
      return take_bytes<double>(packed);
    case PackedKind::List: {
      std::vector<double> list(take_bytes<std::uint32_t>(packed));
      for (double& one : list) one = take_bytes<double>(packed);
      return list;
    }
    case PackedKind::Text:
      break;
  }
  const auto size = take_bytes<std::uint32_t>(packed);
  std::string text(packed.substr(0, size));
  packed.remove_prefix(size);
  return text;
}

FieldValueOf as_kind(FieldValueOf value, FieldKind kind) {
  const auto* text = std::get_if<std::string>(&value);
  if (!text || kind == FieldKind::Text) return value;
  if (kind == FieldKind::Whole) return whole_number(*text).value_or(0);
  return real_number(*text).value_or(0);
}

}  // namespace

std::uint16_t KeptFields::number_of(std::string_view name) {
  const auto [at, is_new] =
      numbers_.try_emplace(std::string(name), static_cast<std::uint16_t>(names_.size()));
  if (!is_new) return at->second;
  if (names_.size() > std::numeric_limits<std::uint16_t>::max())
    throw Error("more than 65,536 names of fields");
  names_.push_back({.text = std::string(name)});
  return at->second;
}

std::string_view KeptFields::keep(const std::vector<augment::NamedValue>& fields) {
  std::string packed;
  for (const augment::NamedValue& field : fields) {
    const std::uint16_t number = number_of(field.name);
    if (names_[number].is_left_out) continue;
    append_bytes(packed, number);
    append_value(packed, field.value);
  }
  return packed.empty() ? std::string_view() : texts_.keep(packed);
}

void KeptFields::set_kind(std::string_view name, FieldKind kind) { names_[number_of(name)].kind = kind; }

void KeptFields::leave_out(std::string_view name) { names_[number_of(name)].is_left_out = true; }

std::vector<augment::NamedValue> KeptFields::fields(std::string_view kept) const {
  std::vector<augment::NamedValue> fields;
  while (!kept.empty()) {
    const Name& name = names_[take_bytes<std::uint16_t>(kept)];
    auto value = take_value(kept);
    if (!name.is_left_out) fields.push_back({name.text, as_kind(std::move(value), name.kind)});
  }
  return fields;
}

}  // namespace doppel::dataset
