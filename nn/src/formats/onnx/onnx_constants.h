// Numbers of an ONNX graph that are known without an image: weights, and shapes that it works out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "doppel/nn/model/graph.h"
#include "onnx_file.h"

namespace doppel::nn {

class OnnxConstants {
 public:
  explicit OnnxConstants(std::map<std::string, OnnxTensor> tensors);
  /// Null where it isn't known.
  const OnnxTensor* find(const std::string& value) const;
  /// Works a node out whose inputs are all known; false where they aren't, or its operator isn't one of those
  /// that shapes are made of. Throws Error for an index outside its list, for sides that can't be, and where
  /// what is worked out outgrows the file.
  bool take(const OnnxNode& node);
  /// The sides of a value, as a tensor: 0 for the batch, which Reshape takes for "as it is".
  void take_shape(const std::string& output, std::vector<std::int64_t> sides);

 private:
  /// An input that is left out is null.
  std::optional<OnnxTensor> worked_out(const OnnxNode& node,
                                       const std::vector<const OnnxTensor*>& inputs) const;
  std::map<std::string, OnnxTensor> tensors_;
  std::size_t held_ = 0;  ///< numbers in the file
  std::size_t made_ = 0;  ///< numbers that were worked out of them
};

}  // namespace doppel::nn
