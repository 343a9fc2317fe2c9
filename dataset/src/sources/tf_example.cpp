#include "tf_example.h"

#include "byte_reader.h"

namespace doppel::dataset {
namespace {

using WireBytes = std::span<const unsigned char>;

/// A field of a message: its number, and its value, which for kind 2 are bytes.
struct WireField {
  std::uint64_t number = 0, value = 0;
  unsigned kind = 0;
  WireBytes bytes;
};

void each_wire_field(WireBytes message, const auto& show) {
  for (ByteReader in(message); in.left() > 0;) {
    const std::uint64_t head = in.varint();
    WireField field;
    field.number = head >> 3;
    field.kind = static_cast<unsigned>(head & 7);
    switch (field.kind) {
      case 0:
        field.value = in.varint();
        break;
      case 1:
        field.bytes = in.take(8);
        break;
      case 2:
        field.bytes = in.take(in.varint());
        break;
      case 5:
        field.bytes = in.take(4);
        break;
      default:
        throw Error("it is no tf.train.Example");
    }
    show(field);
  }
}

std::string_view wire_text(WireBytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void take_list(const WireField& list, TfFeature& feature) {
  using Kind = TfFeature::Kind;
  if (list.kind != 2 || list.number < 1 || list.number > 3) return;
  feature.kind = static_cast<Kind>(list.number);
  each_wire_field(list.bytes, [&](const WireField& value) {
    if (value.number != 1) return;
    ByteReader in(value.bytes);
    if (feature.kind == Kind::Bytes && value.kind == 2)
      feature.bytes.push_back(wire_text(value.bytes));
    else if (feature.kind == Kind::Reals && (value.kind == 2 || value.kind == 5))
      while (in.left() > 0) feature.reals.push_back(in.little<float>());
    else if (feature.kind == Kind::Wholes && value.kind == 0)
      feature.wholes.push_back(static_cast<std::int64_t>(value.value));
    else if (feature.kind == Kind::Wholes && value.kind == 2)
      while (in.left() > 0) feature.wholes.push_back(static_cast<std::int64_t>(in.varint()));
    else
      throw Error("a feature's list holds another kind of values");
  });
}

}  // namespace

void each_tf_feature(WireBytes example, const std::function<bool(std::string_view)>& wants,
                     const std::function<void(std::string_view, TfFeature&)>& show) {
  each_wire_field(example, [&](const WireField& features) {
    if (features.number != 1 || features.kind != 2) return;
    each_wire_field(features.bytes, [&](const WireField& entry) {
      if (entry.number != 1 || entry.kind != 2) return;
      std::string_view name;
      WireBytes value;
      each_wire_field(entry.bytes, [&](const WireField& half) {
        if (half.kind != 2) throw Error("it is no tf.train.Example");
        if (half.number == 1) name = wire_text(half.bytes);
        if (half.number == 2) value = half.bytes;
      });
      TfFeature feature;
      if (wants(name)) each_wire_field(value, [&](const WireField& list) { take_list(list, feature); });
      show(name, feature);
    });
  });
}

}  // namespace doppel::dataset
