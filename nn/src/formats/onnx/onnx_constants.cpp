#include "onnx_constants.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

OnnxTensor whole_numbers(std::vector<std::int64_t> values, bool scalar = false) {
  OnnxTensor tensor;
  tensor.whole = true;
  if (!scalar) tensor.sides = {static_cast<std::int64_t>(values.size())};
  tensor.wholes = std::move(values);
  return tensor;
}

/// Of a list of whole numbers; negative indices count from its end.
std::int64_t element(const OnnxTensor& list, std::int64_t index) {
  const auto size = static_cast<std::int64_t>(list.wholes.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) throw Error("an index outside its list");
  return list.wholes[static_cast<std::size_t>(index)];
}

std::optional<OnnxTensor> constant_of(const OnnxNode& node) {
  if (const auto value = node.attributes.find("value"); value != node.attributes.end())
    if (!value->second.tensor.empty()) return value->second.tensor[0];
  if (node.has("value_int")) return whole_numbers({node.whole("value_int", 0)}, true);
  if (node.has("value_ints")) return whole_numbers(node.wholes("value_ints", {}));
  OnnxTensor reals;
  if (node.has("value_float")) {
    reals.reals = {static_cast<float>(node.real("value_float", 0))};
    return reals;
  }
  if (node.has("value_floats")) {
    reals.reals = node.attributes.at("value_floats").reals;
    reals.sides = {static_cast<std::int64_t>(reals.reals.size())};
    return reals;
  }
  return {};
}

/// Number by number; one number goes with all of the other list.
std::optional<OnnxTensor> arithmetic_of(const std::string& op, const OnnxTensor& a, const OnnxTensor& b) {
  const std::size_t size = std::max(a.wholes.size(), b.wholes.size());
  if (!b.whole || size > 16 || a.wholes.empty() || b.wholes.empty()) return {};
  std::vector<std::int64_t> all;
  for (std::size_t i = 0; i < size; ++i) {
    const std::int64_t x = a.wholes[std::min(i, a.wholes.size() - 1)],
                       y = b.wholes[std::min(i, b.wholes.size() - 1)];
    constexpr std::int64_t kMost = std::int64_t{1} << 31;
    if (std::abs(x) > kMost || std::abs(y) > kMost || (op == "Div" && y == 0))
      throw Error("has sides that can't be");
    all.push_back(op == "Add" ? x + y : op == "Sub" ? x - y : op == "Mul" ? x * y : x / y);
  }
  return whole_numbers(std::move(all), a.sides.empty() && b.sides.empty());
}

OnnxTensor slice_of(const OnnxTensor& list, const std::vector<const OnnxTensor*>& inputs) {
  const auto size = static_cast<std::int64_t>(list.wholes.size());
  const auto place = [&](std::int64_t at) {
    return std::clamp(at < 0 ? at + size : at, std::int64_t{0}, size);
  };
  const std::int64_t first = place(element(*inputs[1], 0)), last = place(element(*inputs[2], 0));
  std::vector<std::int64_t> some;
  for (std::int64_t i = first; i < last; ++i) some.push_back(element(list, i));
  return whole_numbers(std::move(some));
}

}  // namespace

const OnnxTensor* OnnxConstants::find(const std::string& value) const {
  const auto found = tensors_.find(value);
  return found == tensors_.end() ? nullptr : &found->second;
}

void OnnxConstants::take_shape(const std::string& output, std::vector<std::int64_t> sides) {
  tensors_[output] = whole_numbers(std::move(sides));
}

bool OnnxConstants::take(const OnnxNode& node) {
  if (node.outputs.empty()) return false;
  std::vector<const OnnxTensor*> inputs;
  for (const std::string& input : node.inputs) {
    if (input.empty()) continue;
    inputs.push_back(find(input));
    if (!inputs.back()) return false;
  }
  std::optional<OnnxTensor> result = worked_out(node, inputs);
  if (!result) return false;
  tensors_[node.outputs[0]] = std::move(*result);
  return true;
}

std::optional<OnnxTensor> OnnxConstants::worked_out(const OnnxNode& node,
                                                    const std::vector<const OnnxTensor*>& inputs) const {
  if (node.op == "Constant") return constant_of(node);
  if (inputs.empty()) return {};
  const OnnxTensor& first = *inputs[0];
  if (node.op == "Identity" || node.op == "Cast") return first;
  // A transposed matrix of weights.
  if (node.op == "Transpose" && !first.whole && first.sides.size() == 2) {
    OnnxTensor turned = first;
    std::swap(turned.sides[0], turned.sides[1]);
    const auto rows = static_cast<std::size_t>(first.sides[0]),
               columns = static_cast<std::size_t>(first.sides[1]);
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < columns; ++c) turned.reals[c * rows + r] = first.reals[r * columns + c];
    return turned;
  }
  if (!first.whole || first.sides.size() > 1) return {};
  if (node.op == "Unsqueeze" || node.op == "Squeeze" || node.op == "Reshape")
    return whole_numbers(first.wholes, node.op == "Squeeze" && first.wholes.size() == 1);
  if (node.op == "Gather" && inputs.size() == 2) {
    std::vector<std::int64_t> some;
    for (const std::int64_t index : inputs[1]->wholes) some.push_back(element(first, index));
    return whole_numbers(std::move(some), inputs[1]->sides.empty());
  }
  if (inputs.size() == 2 && (node.op == "Add" || node.op == "Sub" || node.op == "Mul" || node.op == "Div"))
    return arithmetic_of(node.op, first, *inputs[1]);
  if (node.op == "Slice" && inputs.size() >= 3 && inputs.size() <= 4) return slice_of(first, inputs);
  if (node.op == "Concat") {
    std::vector<std::int64_t> all;
    for (const OnnxTensor* input : inputs) all.insert(all.end(), input->wholes.begin(), input->wholes.end());
    return whole_numbers(std::move(all));
  }
  return {};
}

}  // namespace doppel::nn
