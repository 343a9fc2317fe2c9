#include "tf_example.h"

#include "doppel/base/wire_format.h"

namespace doppel::dataset {
namespace {

using WireBytes = std::span<const unsigned char>;

const char* const kNoExample = "it is no tf.train.Example";

void take_list(const WireField& list, TfFeature& feature) {
  using Kind = TfFeature::Kind;
  if (list.kind != 2 || list.number < 1 || list.number > 3) return;
  feature.kind = static_cast<Kind>(list.number);
  each_wire_field(list.bytes, kNoExample, [&](const WireField& value) {
    if (value.number != 1) return;
    ByteReader in(value.bytes);
    if (feature.kind == Kind::Bytes && value.kind == 2)
      feature.bytes.push_back(value.text());
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
  each_wire_field(example, kNoExample, [&](const WireField& features) {
    if (features.number != 1 || features.kind != 2) return;
    each_wire_field(features.bytes, kNoExample, [&](const WireField& entry) {
      if (entry.number != 1 || entry.kind != 2) return;
      std::string_view name;
      WireBytes value;
      each_wire_field(entry.bytes, kNoExample, [&](const WireField& half) {
        if (half.kind != 2) throw Error(kNoExample);
        if (half.number == 1) name = half.text();
        if (half.number == 2) value = half.bytes;
      });
      TfFeature feature;
      if (wants(name))
        each_wire_field(value, kNoExample, [&](const WireField& list) { take_list(list, feature); });
      show(name, feature);
    });
  });
}

}  // namespace doppel::dataset
