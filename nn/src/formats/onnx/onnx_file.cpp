#include "onnx_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "doppel/base/error.h"
#include "doppel/base/wire_format.h"
#include "formats/number_types.h"

namespace doppel::nn {
namespace {

using OnnxBytes = std::span<const unsigned char>;

void each_onnx_field(OnnxBytes message, const auto& show) { each_wire_field(message, "it is no ONNX", show); }

std::int64_t signed_of(const WireField& field) { return std::bit_cast<std::int64_t>(field.value); }

/// A repeated number: packed, or one.
template <class T>
void take_varints(const WireField& field, std::vector<T>& all) {
  if (field.kind == WireField::Varint) return all.push_back(static_cast<T>(signed_of(field)));
  for (ByteReader in(field.bytes); in.left() > 0;)
    all.push_back(static_cast<T>(std::bit_cast<std::int64_t>(in.varint())));
}

template <class T, class Out>
void take_fixed(OnnxBytes bytes, std::vector<Out>& all) {
  all.reserve(all.size() + bytes.size() / sizeof(T));
  for (ByteReader in(bytes); in.left() > 0;) all.push_back(static_cast<Out>(in.little<T>()));
}

/// The numbers of TensorProto.DataType.
enum OnnxType {
  kFloat32 = 1,
  kUint8 = 2,
  kInt8 = 3,
  kInt32 = 6,
  kInt64 = 7,
  kBool = 9,
  kFloat16 = 10,
  kFloat64 = 11,
  kBfloat16 = 16
};

void take_halves(OnnxBytes bytes, const char* type, std::vector<float>& all) {
  const NumberType& half = *type_of_dtype(type);
  if (bytes.size() % half.size != 0) throw Error("a tensor ends within a number");
  for (std::size_t i = 0; i < bytes.size(); i += half.size) all.push_back(half.read(&bytes[i]));
}

void take_raw(int type, OnnxBytes raw, OnnxTensor& tensor) {
  switch (type) {
    case kFloat32:
      return take_fixed<float>(raw, tensor.reals);
    case kFloat64:
      return take_fixed<double>(raw, tensor.reals);
    case kFloat16:
      return take_halves(raw, "F16", tensor.reals);
    case kBfloat16:
      return take_halves(raw, "BF16", tensor.reals);
    case kInt64:
      return take_fixed<std::int64_t>(raw, tensor.wholes);
    case kInt32:
      return take_fixed<std::int32_t>(raw, tensor.wholes);
    case kInt8:
      return take_fixed<std::int8_t>(raw, tensor.wholes);
    case kUint8:
    case kBool:
      return take_fixed<std::uint8_t>(raw, tensor.wholes);
    default:
      throw Error(fmt::format("{} holds numbers of ONNX's type {}", tensor.name, type));
  }
}

/// Halves that aren't raw are the low bytes of whole numbers.
void take_loose_halves(const char* type, OnnxTensor& tensor) {
  for (const std::int64_t bits : tensor.wholes) {
    const std::array<unsigned char, 2> bytes{static_cast<unsigned char>(bits),
                                             static_cast<unsigned char>(bits >> 8)};
    take_halves(bytes, type, tensor.reals);
  }
  tensor.wholes.clear();
}

void check_count(const OnnxTensor& tensor) {
  std::uint64_t count = 1;
  for (const std::int64_t side : tensor.sides) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 40;
    if (side < 0 || (side > 0 && count > kMost / static_cast<std::uint64_t>(side)))
      throw Error(fmt::format("{} has sides that can't be", tensor.name));
    count *= static_cast<std::uint64_t>(side);
  }
  const std::size_t has = tensor.whole ? tensor.wholes.size() : tensor.reals.size();
  if (has != count) throw Error(fmt::format("{} has {} numbers in place of {}", tensor.name, has, count));
}

OnnxTensor tensor_of(OnnxBytes bytes) {
  OnnxTensor tensor;
  int type = 0;
  OnnxBytes raw;
  bool is_raw = false;
  each_onnx_field(bytes, [&](const WireField& field) {
    if (field.number == kDims) take_varints(field, tensor.sides);
    if (field.number == kDataType) type = static_cast<int>(field.value);
    if (field.number == kTensorName) tensor.name = field.text();
    if (field.number == kFloatData) take_fixed<float>(field.bytes, tensor.reals);
    if (field.number == kDoubleData) take_fixed<double>(field.bytes, tensor.reals);
    if (field.number == kInt32Data || field.number == kInt64Data) take_varints(field, tensor.wholes);
    if (field.number == kRaw) raw = field.bytes, is_raw = true;
    if (field.number == kDataLocation && field.value == 1)
      throw Error(fmt::format("{} is kept in a file of its own, which isn't read", tensor.name));
  });
  if (is_raw) take_raw(type, raw, tensor);
  if (!is_raw && (type == kFloat16 || type == kBfloat16))
    take_loose_halves(type == kFloat16 ? "F16" : "BF16", tensor);
  tensor.whole = type != kFloat32 && type != kFloat64 && type != kFloat16 && type != kBfloat16;
  check_count(tensor);
  return tensor;
}

std::pair<std::string, OnnxAttribute> attribute_of(OnnxBytes bytes) {
  std::string name;
  OnnxAttribute attribute;
  each_onnx_field(bytes, [&](const WireField& field) {
    if (field.number == kAttributeName) name = field.text();
    if (field.number == kFloat) attribute.real = ByteReader(field.bytes).little<float>();
    if (field.number == kInt) attribute.whole = signed_of(field);
    if (field.number == kString) attribute.text = field.text();
    if (field.number == kTensor) attribute.tensor.push_back(tensor_of(field.bytes));
    if (field.number == kFloats) take_fixed<float>(field.bytes, attribute.reals);
    if (field.number == kInts) take_varints(field, attribute.wholes);
  });
  return {name, attribute};
}

OnnxNode node_of(OnnxBytes bytes) {
  OnnxNode node;
  each_onnx_field(bytes, [&](const WireField& field) {
    if (field.number == kNodeInput) node.inputs.emplace_back(field.text());
    if (field.number == kNodeOutput) node.outputs.emplace_back(field.text());
    if (field.number == kNodeName) node.name = field.text();
    if (field.number == kOpType) node.op = field.text();
    if (field.number == kDomain) node.domain = field.text();
    if (field.number == kAttribute) node.attributes.insert(attribute_of(field.bytes));
  });
  // An output that nobody wants is left out: "". The first is what a node is there for.
  if (node.outputs.empty() || node.outputs[0].empty())
    throw Error(fmt::format("{}: it gives nothing", node.called()));
  return node;
}

/// ValueInfoProto: a name, and a type that is a tensor's, which has a shape of dimensions.
OnnxValue value_of(OnnxBytes bytes) {
  OnnxValue value;
  const auto inner = [](OnnxBytes message, std::uint64_t number, const auto& show) {
    each_onnx_field(message, [&](const WireField& field) {
      if (field.number == number && field.kind == WireField::Bytes) show(field.bytes);
    });
  };
  inner(bytes, 1, [&](OnnxBytes name) { value.name.assign(name.begin(), name.end()); });
  inner(bytes, 2, [&](OnnxBytes type) {
    inner(type, 1, [&](OnnxBytes tensor) {
      inner(tensor, 2, [&](OnnxBytes shape) {
        inner(shape, 1, [&](OnnxBytes dimension) {
          std::int64_t side = -1;
          each_onnx_field(dimension, [&](const WireField& field) {
            if (field.number == 1 && field.kind == WireField::Varint) side = signed_of(field);
          });
          value.sides.push_back(side > 0 ? side : -1);
        });
      });
    });
  });
  return value;
}

void take_graph(OnnxBytes bytes, OnnxFile& file) {
  each_onnx_field(bytes, [&](const WireField& field) {
    if (field.number == kNode) file.nodes.push_back(node_of(field.bytes));
    if (field.number == kInput) file.inputs.push_back(value_of(field.bytes));
    if (field.number == kOutput) file.outputs.push_back(value_of(field.bytes));
    if (field.number != kInitializer) return;
    OnnxTensor tensor = tensor_of(field.bytes);
    file.tensors[tensor.name] = std::move(tensor);
  });
  std::erase_if(file.inputs, [&](const OnnxValue& input) { return file.tensors.contains(input.name); });
}

}  // namespace

std::int64_t OnnxNode::whole(const std::string& attribute, std::int64_t otherwise) const {
  const auto found = attributes.find(attribute);
  return found == attributes.end() ? otherwise : found->second.whole;
}

double OnnxNode::real(const std::string& attribute, double otherwise) const {
  const auto found = attributes.find(attribute);
  return found == attributes.end() ? otherwise : static_cast<double>(found->second.real);
}

std::string OnnxNode::text(const std::string& attribute, const std::string& otherwise) const {
  const auto found = attributes.find(attribute);
  return found == attributes.end() ? otherwise : found->second.text;
}

std::vector<std::int64_t> OnnxNode::wholes(const std::string& attribute,
                                           std::vector<std::int64_t> otherwise) const {
  const auto found = attributes.find(attribute);
  return found == attributes.end() ? otherwise : found->second.wholes;
}

std::string OnnxNode::called() const {
  const std::string& said = name.empty() && !outputs.empty() ? outputs[0] : name;
  return said.empty() ? op : fmt::format("{} {}", op, said);
}

OnnxFile parse_onnx(std::span<const unsigned char> bytes) {
  OnnxFile file;
  file.size = bytes.size();
  bool has_graph = false;
  each_onnx_field(bytes, [&](const WireField& field) {
    if (field.kind != WireField::Bytes) return;
    if (field.number == kGraph) {
      has_graph = true;
      take_graph(field.bytes, file);
    }
    if (field.number != kMetadata) return;
    std::string key, value;
    each_onnx_field(field.bytes, [&](const WireField& half) {
      if (half.number == 1) key = half.text();
      if (half.number == 2) value = half.text();
    });
    file.metadata[key] = value;
  });
  if (!has_graph || file.nodes.empty()) throw Error("it is no ONNX");
  return file;
}

}  // namespace doppel::nn
