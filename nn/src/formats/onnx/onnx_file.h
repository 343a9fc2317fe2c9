// What an ONNX file says, without knowing what its operators mean.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace doppel::nn {

// Field numbers of onnx.proto3.
enum ModelField { kIrVersion = 1, kProducer = 2, kGraph = 7, kOpset = 8, kMetadata = 14 };
enum GraphField { kNode = 1, kGraphName = 2, kInitializer = 5, kInput = 11, kOutput = 12 };
enum NodeField { kNodeInput = 1, kNodeOutput = 2, kNodeName = 3, kOpType = 4, kAttribute = 5, kDomain = 7 };
enum AttributeField {
  kAttributeName = 1,
  kFloat = 2,
  kInt = 3,
  kString = 4,
  kTensor = 5,
  kFloats = 7,
  kInts = 8,
  kType = 20
};
enum TensorField {
  kDims = 1,
  kDataType = 2,
  kFloatData = 4,
  kInt32Data = 5,
  kInt64Data = 7,
  kTensorName = 8,
  kRaw = 9,
  kDoubleData = 10,
  kDataLocation = 14
};

/// Row-major. Only one of the lists is filled, by the tensor's type.
struct OnnxTensor {
  std::string name;
  std::vector<std::int64_t> sides;
  bool whole = false;                ///< of whole numbers
  std::vector<float> reals;          ///< of float, double, float16 and bfloat16
  std::vector<std::int64_t> wholes;  ///< of all integers and bool
};

struct OnnxAttribute {
  float real = 0;
  std::int64_t whole = 0;
  std::string text;
  std::vector<float> reals;
  std::vector<std::int64_t> wholes;
  std::vector<OnnxTensor> tensor;  ///< one, or none
};

struct OnnxNode {
  std::string op, domain, name;
  std::vector<std::string> inputs, outputs;  ///< of values; one may be left out: "", but the first output
  std::map<std::string, OnnxAttribute> attributes;

  bool has(const std::string& attribute) const { return attributes.contains(attribute); }
  /// `otherwise` where it isn't there.
  std::int64_t whole(const std::string& attribute, std::int64_t otherwise) const;
  double real(const std::string& attribute, double otherwise) const;
  std::string text(const std::string& attribute, const std::string& otherwise) const;
  std::vector<std::int64_t> wholes(const std::string& attribute, std::vector<std::int64_t> otherwise) const;
  /// How messages call it: its operator and its name.
  std::string called() const;
};

/// Something that goes into the graph or comes out of it.
struct OnnxValue {
  std::string name;
  std::vector<std::int64_t> sides;  ///< -1: any
};

struct OnnxFile {
  std::size_t size = 0;         ///< bytes of the file
  std::vector<OnnxNode> nodes;  ///< each after those whose values it reads
  std::map<std::string, OnnxTensor> tensors;
  std::vector<OnnxValue> inputs;  ///< without those that are tensors
  std::vector<OnnxValue> outputs;
  std::map<std::string, std::string> metadata;
};

/// Throws Error for what is no ONNX, is damaged, or keeps its tensors in another file.
OnnxFile parse_onnx(std::span<const unsigned char> bytes);

}  // namespace doppel::nn
