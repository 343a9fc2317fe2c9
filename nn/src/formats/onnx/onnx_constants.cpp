#include "onnx_constants.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

/// What is worked out may be so many numbers, and so many times those in the file.
constexpr std::size_t kFew = std::size_t{1} << 20, kTimes = 4;

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
  const auto fits = [&](const OnnxTensor& list) {
    return list.wholes.size() == 1 || list.wholes.size() == size;
  };
  if (!b.whole || b.sides.size() > 1 || size > 16 || !fits(a) || !fits(b)) return {};
  std::vector<std::int64_t> all;
  for (std::size_t i = 0; i < size; ++i) {
    const std::int64_t x = a.wholes[a.wholes.size() == 1 ? 0 : i], y = b.wholes[b.wholes.size() == 1 ? 0 : i];
    constexpr std::int64_t kMost = std::int64_t{1} << 31;
    const auto can_be = [&](std::int64_t side) { return side >= -kMost && side <= kMost; };
    if (!can_be(x) || !can_be(y) || (op == "Div" && y == 0)) throw Error("has sides that can't be");
    all.push_back(op == "Add" ? x + y : op == "Sub" ? x - y : op == "Mul" ? x * y : x / y);
  }
  return whole_numbers(std::move(all), a.sides.empty() && b.sides.empty());
}

bool is_one(const OnnxTensor* list, std::int64_t number) {
  return list && list->whole && list->wholes == std::vector{number};
}

/// Of a list: starts, ends, axes, steps.
std::optional<OnnxTensor> slice_of(const OnnxTensor& list, const std::vector<const OnnxTensor*>& inputs) {
  if (inputs.size() < 3 || !inputs[1] || !inputs[2] || inputs[1]->wholes.size() != 1 ||
      inputs[2]->wholes.size() != 1)
    return {};
  const OnnxTensor *axes = inputs.size() > 3 ? inputs[3] : nullptr,
                   *steps = inputs.size() > 4 ? inputs[4] : nullptr;
  if ((axes && !is_one(axes, 0) && !is_one(axes, -1)) || (steps && !is_one(steps, 1))) return {};
  const auto size = static_cast<std::int64_t>(list.wholes.size());
  const auto place = [&](std::int64_t at) {
    return std::clamp(at < 0 ? at + size : at, std::int64_t{0}, size);
  };
  const std::int64_t first = place(inputs[1]->wholes[0]), last = place(inputs[2]->wholes[0]);
  std::vector<std::int64_t> some;
  for (std::int64_t i = first; i < last; ++i) some.push_back(element(list, i));
  return whole_numbers(std::move(some));
}

/// All of them lists or numbers, one after the other.
std::optional<OnnxTensor> concat_of(const OnnxNode& node, const std::vector<const OnnxTensor*>& inputs) {
  if (const std::int64_t axis = node.whole("axis", 0); axis != 0 && axis != -1) return {};
  std::vector<std::int64_t> all;
  for (const OnnxTensor* input : inputs) {
    if (!input || !input->whole || input->sides.size() > 1) return {};
    all.insert(all.end(), input->wholes.begin(), input->wholes.end());
  }
  return whole_numbers(std::move(all));
}

/// To whole numbers or from them, which TensorProto.DataType's numbers say.
std::optional<OnnxTensor> cast_of(const OnnxNode& node, const OnnxTensor& from) {
  constexpr std::int64_t kFloat = 1, kInt32 = 6, kInt64 = 7, kHalf = 10, kDouble = 11, kBrainHalf = 16;
  const std::int64_t to = node.whole("to", 0);
  const bool whole = to == kInt32 || to == kInt64,
             real = to == kFloat || to == kHalf || to == kDouble || to == kBrainHalf;
  if (!whole && !real) return {};
  OnnxTensor made = from;
  if (made.whole == whole) return made;
  made.whole = whole;
  for (const std::int64_t v : from.wholes) made.reals.push_back(static_cast<float>(v));
  for (const float v : from.reals) {
    if (!(std::abs(v) < 1e9F)) throw Error("has sides that can't be");
    made.wholes.push_back(static_cast<std::int64_t>(v));
  }
  if (whole)
    made.reals.clear();
  else
    made.wholes.clear();
  return made;
}

/// Weights, their sides in another order: the last first where none is said.
OnnxTensor transposed(const OnnxNode& node, const OnnxTensor& from) {
  const std::size_t n = from.sides.size();
  std::vector<std::int64_t> order(n), sorted(n);
  std::iota(sorted.begin(), sorted.end(), 0);
  std::ranges::reverse_copy(sorted, order.begin());
  order = node.wholes("perm", order);
  if (!std::ranges::is_permutation(order, sorted))
    throw Error(fmt::format("its perm is no order of {} sides", n));
  // How far on in `from` a step along each side of what is made goes.
  std::vector<std::size_t> along(n, 1), steps, place(n, 0);
  for (std::size_t i = n; i-- > 1;) along[i - 1] = along[i] * static_cast<std::size_t>(from.sides[i]);
  OnnxTensor turned = from;
  for (std::size_t i = 0; i < n; ++i) {
    steps.push_back(along[static_cast<std::size_t>(order[i])]);
    turned.sides[i] = from.sides[static_cast<std::size_t>(order[i])];
  }
  std::size_t at = 0;
  for (float& value : turned.reals) {
    value = from.reals[at];
    for (std::size_t i = n; i-- > 0;) {
      at += steps[i];
      if (std::cmp_less(++place[i], turned.sides[i])) break;
      at -= steps[i] * place[i];
      place[i] = 0;
    }
  }
  return turned;
}

}  // namespace

OnnxConstants::OnnxConstants(std::map<std::string, OnnxTensor> tensors) : tensors_(std::move(tensors)) {
  for (const auto& [name, tensor] : tensors_) held_ += tensor.reals.size() + tensor.wholes.size();
}

const OnnxTensor* OnnxConstants::find(const std::string& value) const {
  const auto found = tensors_.find(value);
  return found == tensors_.end() ? nullptr : &found->second;
}

void OnnxConstants::take_shape(const std::string& output, std::vector<std::int64_t> sides) {
  tensors_[output] = whole_numbers(std::move(sides));
}

bool OnnxConstants::take(const OnnxNode& node) {
  std::vector<const OnnxTensor*> inputs;
  for (const std::string& input : node.inputs) {
    inputs.push_back(input.empty() ? nullptr : find(input));
    if (!input.empty() && !inputs.back()) return false;
  }
  std::optional<OnnxTensor> result = worked_out(node, inputs);
  if (!result) return false;
  const std::size_t size = result->reals.size() + result->wholes.size();
  // What a node holds itself takes as much of the file.
  (node.op == "Constant" ? held_ : made_) += size;
  if (made_ > kFew + kTimes * held_)
    throw Error(fmt::format("works out too many numbers: {} of the file's {}", made_, held_));
  tensors_[node.outputs[0]] = std::move(*result);
  return true;
}

std::optional<OnnxTensor> OnnxConstants::worked_out(const OnnxNode& node,
                                                    const std::vector<const OnnxTensor*>& inputs) const {
  if (node.op == "Constant") return constant_of(node);
  if (inputs.empty() || !inputs[0]) return {};
  const OnnxTensor& first = *inputs[0];
  const OnnxTensor* second = inputs.size() > 1 ? inputs[1] : nullptr;
  if (node.op == "Identity") return first;
  if (node.op == "Cast") return cast_of(node, first);
  if (node.op == "Transpose" && !first.whole) return transposed(node, first);
  if (!first.whole || first.sides.size() > 1) return {};
  // A number becomes a list of one, and a list of one a number; lists of lists aren't needed for sides.
  if (node.op == "Unsqueeze" && first.sides.empty()) return whole_numbers(first.wholes);
  if (node.op == "Squeeze") return whole_numbers(first.wholes, first.wholes.size() == 1);
  if (node.op == "Reshape" && second && second->whole && second->wholes.size() <= 1)
    return whole_numbers(first.wholes, second->wholes.empty());
  if (node.op == "Gather" && second && second->whole && second->sides.size() <= 1) {
    std::vector<std::int64_t> some;
    for (const std::int64_t index : second->wholes) some.push_back(element(first, index));
    return whole_numbers(std::move(some), second->sides.empty());
  }
  if (second && (node.op == "Add" || node.op == "Sub" || node.op == "Mul" || node.op == "Div"))
    return arithmetic_of(node.op, first, *second);
  if (node.op == "Slice") return slice_of(first, inputs);
  if (node.op == "Concat") return concat_of(node, inputs);
  return {};
}

}  // namespace doppel::nn
