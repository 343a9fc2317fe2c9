#include "onnx_operators.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

constexpr int kMostPadding = 4096;

std::int64_t sides_of(const Shape& shape) { return shape.flat ? 2 : 4; }

}  // namespace

const std::map<std::string, OnnxOperators::Take>& OnnxOperators::table() {
  using O = OnnxOperators;
  static const std::map<std::string, Take> kTable{
      {"Conv", &O::conv},
      {"ConvTranspose", &O::conv_transpose},
      {"MaxPool", &O::max_pool},
      {"AveragePool", &O::average_pool},
      {"GlobalAveragePool", &O::global_average},
      {"ReduceMean", &O::global_average},
      {"BatchNormalization", &O::batch_norm},
      {"InstanceNormalization", &O::instance_norm},
      {"LayerNormalization", &O::layer_norm},
      {"Gemm", &O::gemm},
      {"MatMul", &O::matrix_product},
      {"Relu", &O::curve},
      {"LeakyRelu", &O::curve},
      {"Sigmoid", &O::curve},
      {"HardSigmoid", &O::curve},
      {"HardSwish", &O::curve},
      {"Tanh", &O::curve},
      {"Gelu", &O::curve},
      {"Erf", &O::curve},
      {"Sqrt", &O::curve},
      {"Pow", &O::power},
      {"Clip", &O::clip},
      {"PRelu", &O::prelu},
      {"Add", &O::arithmetic},
      {"Sum", &O::arithmetic},
      {"Sub", &O::arithmetic},
      {"Mul", &O::arithmetic},
      {"Div", &O::arithmetic},
      {"Concat", &O::concat},
      {"Flatten", &O::flatten},
      {"Reshape", &O::reshape},
      {"Squeeze", &O::squeeze},
      {"Unsqueeze", &O::unsqueeze},
      {"Transpose", &O::transpose},
      {"Slice", &O::slice},
      {"Split", &O::split},
      {"Pad", &O::pad},
      {"Resize", &O::resize},
      {"Upsample", &O::resize},
      {"Softmax", &O::softmax},
      {"LogSoftmax", &O::softmax},
      {"Dropout", &O::dropout},
      {"Identity", &O::pass},
      {"Cast", &O::pass},
      {"Shape", &O::shape},
  };
  return kTable;
}

bool has_channels_last(const OnnxFile& file) {
  const std::string& name = file.inputs.at(0).name;
  bool reads = false, turns = true;
  for (const OnnxNode& node : file.nodes) {
    if (std::ranges::find(node.inputs, name) == node.inputs.end()) continue;
    reads = true;
    turns =
        turns && node.op == "Transpose" && node.wholes("perm", {}) == std::vector<std::int64_t>{0, 3, 1, 2};
  }
  return reads && turns;
}

OnnxOperators::OnnxOperators(const OnnxFile& file, const Shape& image)
    : constants_(file.tensors), pieces_(image, file.size), batch_(file.inputs.at(0).sides.at(0)) {
  for (const OnnxNode& node : file.nodes)
    for (const std::string& input : node.inputs) ++reads_[input];
  for (const OnnxValue& output : file.outputs) {
    ++reads_[output.name];
    ends_.insert(output.name);
  }
  const std::string& name = file.inputs.at(0).name;
  OnnxState first;
  first.rows.channels = 0;
  first.last = has_channels_last(file);
  states_[name] = first;
  for (const OnnxNode& node : file.nodes) take(node);
}

void OnnxOperators::take(const OnnxNode& node) try {
  if (!node.domain.empty() && node.domain != "ai.onnx")
    throw Error(fmt::format("it is no operator of ONNX itself, but of {}", node.domain));
  if (constants_.take(node)) return;
  const auto found = table().find(node.op);
  if (found == table().end()) throw Error("no layer does what this operator does");
  (this->*found->second)(node);
} catch (const Error& error) { throw Error(fmt::format("{}: {}", node.called(), error.what())); }

int OnnxOperators::piece_of(const std::string& value) const {
  const auto found = states_.find(value);
  if (found == states_.end()) throw Error(fmt::format("nothing gives its output {}", value));
  const OnnxState& state = found->second;
  if (state.last || state.groups > 0 || state.pixels_first || state.padding != Pads{})
    throw Error(fmt::format("its output {} is in an order that no layer gives", value));
  return state.piece;
}

const OnnxState& OnnxOperators::state(const OnnxNode& node, std::size_t input) const {
  if (input >= node.inputs.size()) throw Error(fmt::format("has no input {}", input + 1));
  const auto found = states_.find(node.inputs[input]);
  if (found == states_.end()) {
    if (constants_.find(node.inputs[input]))
      throw Error(fmt::format("reads {}, which is a constant, as a value", node.inputs[input]));
    throw Error(fmt::format("reads {}, which nothing gives", node.inputs[input]));
  }
  return found->second;
}

OnnxState OnnxOperators::plain(const OnnxNode& node, std::size_t input) const {
  const OnnxState& x = state(node, input);
  if (x.last || x.groups > 0 || x.pixels_first || x.padding != Pads{})
    throw Error("reads a value in an order, or with zeros around it, that no layer takes here");
  if (x.rows.channels > 0) throw Error("reads a vector whose channels come last, which only a matrix may");
  return x;
}

const OnnxTensor& OnnxOperators::weights(const OnnxNode& node, std::size_t input, std::size_t sides) const {
  const OnnxTensor* tensor = input < node.inputs.size() ? constants_.find(node.inputs[input]) : nullptr;
  if (!tensor || tensor->whole) throw Error(fmt::format("its input {} isn't constant", input + 1));
  if (tensor->sides.size() != sides)
    throw Error(fmt::format("its weights have {} sides in place of {}", tensor->sides.size(), sides));
  return *tensor;
}

OnnxOperators::Numbers OnnxOperators::vector_of(const OnnxNode& node, std::size_t input) const {
  if (input >= node.inputs.size() || node.inputs[input].empty()) return {};
  const OnnxTensor* tensor = constants_.find(node.inputs[input]);
  if (!tensor || tensor->whole) throw Error(fmt::format("its input {} isn't constant", input + 1));
  return tensor->reals;
}

/// An attribute in older versions of ONNX, an input in later ones.
std::vector<std::int64_t> OnnxOperators::wholes(const OnnxNode& node, std::size_t input,
                                                const char* attribute) const {
  if (node.has(attribute)) return node.wholes(attribute, {});
  if (input >= node.inputs.size() || node.inputs[input].empty()) return {};
  const OnnxTensor* tensor = constants_.find(node.inputs[input]);
  if (!tensor || !tensor->whole) throw Error(fmt::format("its {} aren't constant", attribute));
  return tensor->wholes;
}

bool OnnxOperators::is_read_once(const std::string& value) const {
  const auto found = reads_.find(value);
  return found != reads_.end() && found->second == 1;
}

void OnnxOperators::give(const OnnxNode& node, OnnxState state, std::size_t output) {
  if (output >= node.outputs.size() || node.outputs[output].empty()) return;
  // A piece that was there already may have other readers.
  const bool made = given_.insert(state.piece).second;
  state.alone = made && is_read_once(node.outputs[output]);
  states_[node.outputs[output]] = state;
}

void OnnxOperators::alias(const OnnxNode& node, OnnxState state) {
  state.alone = state.alone && is_read_once(node.outputs.at(0));
  states_[node.outputs[0]] = state;
}

OnnxOperators::Numbers OnnxOperators::by_channel(const OnnxTensor& tensor, const OnnxState& of) const {
  if (tensor.whole) throw Error("takes whole numbers for a value's");
  if (tensor.reals.size() == 1) return tensor.reals;
  const Shape& shape = shape_of(of);
  // From the back: the channels' side, then those of pixels.
  const std::size_t after = shape.flat || of.last || of.pixels_first ? 0 : 2;
  const auto& sides = tensor.sides;
  bool fits = sides.size() > after && tensor.reals.size() == static_cast<std::size_t>(shape.channels) &&
              sides[sides.size() - 1 - after] == shape.channels;
  if (!fits || of.rows.channels > 0 || of.groups > 0)
    throw Error(fmt::format("has a constant of {}, which isn't one number for each channel of {}",
                            fmt::join(sides, "x"), shape.text()));
  return tensor.reals;
}

void OnnxOperators::affine(const OnnxNode& node, const OnnxState& x, Numbers scale, Numbers shift) {
  const bool moves = std::ranges::any_of(shift, [](float v) { return v != 0; });
  if (x.normal || (moves && x.padding != Pads{}))
    throw Error(
        "changes the numbers of a value in an order, or with zeros around it, that no layer takes here");
  OnnxState result = x;
  result.piece = pieces_.affine(x.piece, std::move(scale), std::move(shift), x.alone, node.called());
  if (result.piece == x.piece) return alias(node, result);
  give(node, result);
}

void OnnxOperators::arithmetic(const OnnxNode& node) {
  if (node.op == "Sum" && node.inputs.size() == 1) return pass(node);
  if (node.inputs.size() < 2 || (node.op != "Sum" && node.inputs.size() > 2))
    throw Error(fmt::format("has {} inputs in place of 2", node.inputs.size()));
  const OnnxTensor *first = constants_.find(node.inputs[0]), *second = constants_.find(node.inputs[1]);
  const bool adds = node.op == "Add" || node.op == "Sum";
  if (!first && !second) {
    std::vector<int> pieces;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const OnnxState& x = state(node, i);
      if (x.last != state(node, 0).last || x.rows != state(node, 0).rows || x.groups > 0 || x.pixels_first ||
          x.padding != Pads{})
        throw Error("joins values in several orders");
      pieces.push_back(x.piece);
    }
    OnnxState result = state(node, 0);
    if (adds)
      result.piece = pieces_.sum(pieces, node.called());
    else if (node.op == "Mul")
      result.piece = pieces_.product(pieces[0], pieces[1], node.called());
    else if (node.op == "Sub")
      result.piece = pieces_.difference(pieces[0], pieces[1], node.called());
    else
      result.piece = pieces_.quotient(pieces[0], pieces[1], node.called());
    return give(node, result);
  }
  if (node.inputs.size() > 2) throw Error("adds a constant to several values");
  const OnnxState& x = state(node, first ? 1 : 0);
  Numbers c = by_channel(first ? *first : *second, x);
  if (adds) return affine(node, x, {1}, std::move(c));
  if (node.op == "Mul") return affine(node, x, std::move(c), {0});
  if (node.op == "Sub" && first) return affine(node, x, {-1}, std::move(c));
  if (node.op == "Div" && first) throw Error("no layer divides by a value");
  for (float& v : c) v = node.op == "Sub" ? -v : 1 / v;
  if (node.op == "Sub") return affine(node, x, {1}, std::move(c));
  affine(node, x, std::move(c), {0});
}

void OnnxOperators::concat(const OnnxNode& node) {
  std::vector<int> pieces;
  const bool last = state(node, 0).last;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const OnnxState& x = state(node, i);
    if (x.last != last || x.groups > 0 || x.pixels_first || x.padding != Pads{} || x.rows.channels > 0)
      throw Error("joins values in several orders");
    pieces.push_back(x.piece);
  }
  const std::int64_t sides = sides_of(pieces_.shape(pieces[0]));
  if (axis_of(node.whole("axis", 1), sides) != (last ? 3 : 1))
    throw Error("joins something else than channels");
  OnnxState result(pieces.size() == 1 ? pieces[0] : pieces_.concat(pieces, node.called()));
  result.last = last;
  give(node, result);
}

void OnnxOperators::slice(const OnnxNode& node) {
  const OnnxState x = plain(node, 0);
  const auto starts = wholes(node, 1, "starts"), ends = wholes(node, 2, "ends"),
             axes = wholes(node, 3, "axes"), steps = wholes(node, 4, "steps");
  const std::int64_t c = shape_of(x).channels;
  if (starts.size() != 1 || ends.size() != 1 || axes != std::vector<std::int64_t>{1} ||
      !(steps.empty() || steps == std::vector<std::int64_t>{1}))
    throw Error("takes something else than a run of channels");
  const auto place = [&](std::int64_t at) { return std::clamp(axis_of(at, c), std::int64_t{0}, c); };
  const std::int64_t first = place(starts[0]), end = place(ends[0]), each = end - first;
  if (each < 1 || c % each != 0 || first % each != 0)
    throw Error(fmt::format("takes channels {} to {} of {}, which aren't one of equal runs", first, end, c));
  const ChannelChunk layer{static_cast<int>(first / each) + 1, static_cast<int>(c / each)};
  give(node, pieces_.layer(layer, x.piece, node.called()));
}

void OnnxOperators::split(const OnnxNode& node) {
  const OnnxState x = plain(node, 0);
  const std::int64_t c = shape_of(x).channels, count = std::ssize(node.outputs);
  if (axis_of(node.whole("axis", 0), sides_of(shape_of(x))) != 1)
    throw Error("splits something else than channels");
  const auto sizes = wholes(node, 1, "split");
  if (c % count != 0 || std::ranges::any_of(sizes, [&](std::int64_t size) { return size != c / count; }))
    throw Error("splits channels into runs that aren't alike");
  for (int i = 0; i < static_cast<int>(count); ++i)
    give(node, OnnxState(pieces_.layer(ChannelChunk{i + 1, static_cast<int>(count)}, x.piece, node.called())),
         static_cast<std::size_t>(i));
}

void OnnxOperators::pad(const OnnxNode& node) {
  const OnnxState& x = state(node, 0);
  const std::vector<std::int64_t> sides = wholes(node, 1, "pads");
  const Numbers value = node.inputs.size() > 2 ? vector_of(node, 2) : Numbers{};
  if (node.inputs.size() > 3 && !node.inputs[3].empty()) throw Error("puts zeros at sides that it names");
  if (node.text("mode", "constant") != "constant" || (!value.empty() && value[0] != 0) ||
      node.real("value", 0) != 0)
    throw Error("puts something else than zeros around a value");
  if (shape_of(x).flat || sides.size() != 8 || x.groups > 0 || x.pixels_first)
    throw Error("puts zeros around something else than an image");
  const std::size_t y = x.last ? 1 : 2, channel = x.last ? 3 : 1;
  if (sides[0] != 0 || sides[4] != 0 || sides[channel] != 0 || sides[channel + 4] != 0 ||
      std::ranges::any_of(sides, [](std::int64_t side) { return side < 0 || side > kMostPadding; }))
    throw Error("puts something else than rows and columns around an image");
  OnnxState result = x;
  result.padding.top += static_cast<int>(sides[y]);
  result.padding.left += static_cast<int>(sides[y + 1]);
  result.padding.bottom += static_cast<int>(sides[y + 4]);
  result.padding.right += static_cast<int>(sides[y + 5]);
  const Pads& all = result.padding;
  if (std::max({all.top, all.left, all.bottom, all.right}) > kMostPadding)
    throw Error(fmt::format("puts more than {} zeros at a side", kMostPadding));
  alias(node, result);
}

void OnnxOperators::softmax(const OnnxNode& node) {
  if (!shape_of(state(node, 0)).flat) return softmax_of_pixels(node);
  const OnnxState x = plain(node, 0);
  // What was said by default has changed, but not for vectors.
  if (axis_of(node.whole("axis", 1), 2) != 1) throw Error("is taken over something else than channels");
  // The logarithm of a softmax is for the loss, which works it out itself.
  if (node.op == "LogSoftmax" && !ends_.contains(node.outputs.at(0)))
    throw Error("no layer does what this operator does but at the end");
  give(node, pieces_.layer(Softmax{}, x.piece, node.called()));
}

/// At the end, of each pixel's classes: it isn't part of what is trained.
void OnnxOperators::softmax_of_pixels(const OnnxNode& node) {
  const OnnxState x = state(node, 0);
  if (!ends_.contains(node.outputs.at(0)))
    throw Error("is taken of an image, which no layer does but at the end");
  // What was said by default has changed.
  if (!node.has("axis") || axis_of(node.whole("axis", 1), 4) != (x.last ? 3 : 1))
    throw Error("is taken over something else than channels");
  alias(node, x);
}

void OnnxOperators::dropout(const OnnxNode& node) {
  double share = node.real("ratio", 0.5);
  if (const Numbers given = node.inputs.size() > 1 ? vector_of(node, 1) : Numbers{}; !given.empty())
    share = static_cast<double>(given[0]);
  const OnnxState x = plain(node, 0);
  if (!(share >= 0 && share < 1)) throw Error("drops all");
  give(node, pieces_.layer(Dropout{share}, x.piece, node.called()));
}

void OnnxOperators::pass(const OnnxNode& node) { alias(node, state(node, 0)); }

}  // namespace doppel::nn
