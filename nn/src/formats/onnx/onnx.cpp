#include "doppel/nn/formats/onnx.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <span>

#include "doppel/base/error.h"
#include "doppel/nn/model/custom_layer.h"
#include "formats/protobuf.h"
#include "model/fold.h"
#include "onnx_file.h"

namespace doppel::nn {
namespace {

using Names = std::vector<std::string>;

constexpr int kOpsetVersion = 13;

/// Collects a graph's nodes and numbers.
class Writer {
 public:
  Writer(const Model& model, const OnnxOptions& options) : model_(model), options_(options) {}

  std::vector<unsigned char> write() {
    const std::string end = nodes();
    const bool numbers = !options_.scale.empty();
    const std::string out = options_.latent > 0      ? "images"
                            : numbers                ? "numbers"
                            : options_.probabilities ? "probabilities"
                                                     : "logits";
    const bool soft = std::holds_alternative<Softmax>(model_.graph().nodes.back().layer);
    if (numbers)
      as_numbers(end, out);
    else if (options_.probabilities && independent())
      node("Sigmoid", {end}, out);
    else if (options_.probabilities && !soft)
      node("Softmax", {end}, out, {integer("axis", 1)});
    else
      node("Identity", {end}, out);
    graph_.text(kGraphName, "doppel");
    const Shape& in = model_.graph().input;
    if (options_.latent > 0) {
      graph_.message(kInput, value("latent", {options_.latent}));
      graph_.message(kInput, value("class", {in.channels - options_.latent}));
      graph_.message(kInput, value("truncation", {1}));
    } else {
      graph_.message(kInput, value("images", {in.channels, in.height, in.width}));
    }
    const Shape& gives = model_.graph().output();
    graph_.message(kOutput, gives.flat ? value(out, {gives.channels})
                                       : value(out, {gives.channels, gives.height, gives.width}));
    Message file;
    file.integer(kIrVersion, 8).text(kProducer, "doppel").message(kGraph, graph_);
    file.message(kOpset, Message().text(1, "").integer(2, kOpsetVersion));
    for (const auto& [key, text] : options_.metadata)
      file.message(kMetadata, Message().text(1, key).text(2, text));
    return {file.bytes().begin(), file.bytes().end()};
  }

  // One for each layer; `x` is what it reads, and the result is the name of what it gives.
  std::string operator()(const Conv2d& l) {
    std::vector<float> weight = number("weight"), bias = at_->bias ? number("bias") : std::vector<float>();
    const int channels = at_->in.channels / l.groups;
    Names inputs{x_, tensor("weight", {l.filters, channels, l.kernel_h, l.kernel_w}, weight)};
    if (!bias.empty()) inputs.push_back(tensor("bias", {l.filters}, bias));
    return node(
        "Conv", inputs, at_->name,
        {integers("kernel_shape", {l.kernel_h, l.kernel_w}), integers("strides", {l.stride, l.stride}),
         integers("dilations", {l.dilation, l.dilation}), integer("group", l.groups), pads()});
  }
  std::string operator()(const ConvTranspose2d& l) {
    Names inputs{x_,
                 tensor("weight", {at_->in.channels, l.filters, l.kernel_h, l.kernel_w}, number("weight"))};
    if (at_->bias) inputs.push_back(tensor("bias", {l.filters}, number("bias")));
    return node("ConvTranspose", inputs, at_->name,
                {integers("kernel_shape", {l.kernel_h, l.kernel_w}),
                 integers("strides", {l.stride, l.stride}), integers("pads", {l.pad, l.pad, l.pad, l.pad})});
  }
  std::string operator()(const BatchNorm2d& l) {
    const std::int64_t c = at_->in.channels;
    return node("BatchNormalization",
                {x_, tensor("weight", {c}, number("weight")), tensor("bias", {c}, number("bias")),
                 tensor("mean", {c}, number("running_mean")), tensor("variance", {c}, number("running_var"))},
                at_->name, {real("epsilon", static_cast<float>(l.epsilon))});
  }
  /// By instance normalisation of what has a channel for each group.
  std::string operator()(const GroupNorm& l) {
    const Shape& in = at_->in;
    const std::string part = at_->name + ".";
    const std::vector<float> ones(static_cast<std::size_t>(l.groups), 1.F), zeros(ones.size(), 0.F);
    const std::int64_t c = in.channels;
    const std::string grouped = node(
                          "Reshape",
                          {x_, sides("grouped_shape", {-1, l.groups, c / l.groups * in.height, in.width})},
                          part + "grouped"),
                      normal = node(
                          "InstanceNormalization",
                          {grouped, tensor("ones", {l.groups}, ones), tensor("zeros", {l.groups}, zeros)},
                          part + "normal", {real("epsilon", static_cast<float>(l.epsilon))}),
                      back = node("Reshape", {normal, sides("shape", {-1, c, in.height, in.width})},
                                  part + "back");
    return scaled_and_moved(back);
  }
  /// Opset 13 has no operator for it: instance normalisation of an image that has a channel for each pixel.
  std::string operator()(const LayerNorm& l) {
    const Shape& in = at_->in;
    const std::string part = at_->name + ".";
    const std::int64_t c = in.channels, pixels = std::int64_t{in.height} * in.width;
    const std::vector<float> ones(static_cast<std::size_t>(pixels), 1.F), zeros(ones.size(), 0.F);
    const bool turns = pixels > 1;
    const std::string last = turns
                                 ? node("Transpose", {x_}, part + "turned", {integers("perm", {0, 2, 3, 1})})
                                 : x_,
                      rows = node("Reshape", {last, sides("rows_shape", {-1, pixels, c, 1})}, part + "rows"),
                      normal = node("InstanceNormalization",
                                    {rows, tensor("ones", {pixels}, ones), tensor("zeros", {pixels}, zeros)},
                                    part + "normal", {real("epsilon", static_cast<float>(l.epsilon))});
    if (in.flat) return scaled_and_moved(node("Reshape", {normal, sides("shape", {-1, c})}, part + "back"));
    if (!turns)
      return scaled_and_moved(node("Reshape", {normal, sides("shape", {-1, c, 1, 1})}, part + "back"));
    const std::string image =
        node("Reshape", {normal, sides("shape", {-1, in.height, in.width, c})}, part + "image");
    return scaled_and_moved(node("Transpose", {image}, part + "back", {integers("perm", {0, 3, 1, 2})}));
  }
  std::string operator()(const LayerScale&) { return node("Mul", {x_, channels("weight")}, at_->name); }
  std::string operator()(const ChannelShuffle& l) {
    const Shape& in = at_->in;
    const std::string part = at_->name + ".",
                      grouped = node("Reshape",
                                     {x_, sides("grouped_shape",
                                                {-1, l.groups, in.channels / l.groups, in.height, in.width})},
                                     part + "grouped"),
                      turned =
                          node("Transpose", {grouped}, part + "turned", {integers("perm", {0, 2, 1, 3, 4})});
    return node("Reshape", {turned, sides("shape", {-1, in.channels, in.height, in.width})}, at_->name);
  }
  std::string operator()(const ChannelChunk& l) { return run_of_channels((l.which - 1) * at_->out.channels); }
  std::string operator()(const ChannelSlice& l) { return run_of_channels(l.first - 1); }
  std::string operator()(const ChannelShift&) { return node("Add", inputs_, at_->name); }
  std::string operator()(const Input&) { throw std::logic_error("a graph has no node for its input"); }
  /// The factors first: OpenCV 4.6 takes any value times a HardSigmoid for a hard swish of one value.
  std::string operator()(const Multiply&) { return node("Mul", {inputs_[1], inputs_[0]}, at_->name); }
  std::string operator()(const DropPath&) { return x_; }
  std::string operator()(const MaxPool2d& l) {
    return node("MaxPool", {x_}, at_->name,
                {integers("kernel_shape", {l.kernel_h, l.kernel_w}),
                 integers("strides", {l.stride, l.stride}), pads()});
  }
  /// Zeros that count are put there by a Pad of their own: OpenCV 4.6 doesn't look at count_include_pad.
  std::string operator()(const AvgPool2d& l) {
    const Pads& p = at_->pads;
    const bool padded = l.padded && p.top + p.left + p.bottom + p.right > 0;
    const std::string x =
        padded ? node("Pad", {x_, sides("pads", {0, 0, p.top, p.left, 0, 0, p.bottom, p.right})},
                      at_->name + ".padded")
               : x_;
    return node(
        "AveragePool", {x}, at_->name,
        {integers("kernel_shape", {l.kernel_h, l.kernel_w}), integers("strides", {l.stride, l.stride}),
         padded ? integers("pads", {0, 0, 0, 0}) : pads()});
  }
  std::string operator()(const GlobalAvgPool2d&) { return node("GlobalAveragePool", {x_}, at_->name); }
  std::string operator()(const Linear& l) {
    return node("Gemm",
                {x_, tensor("weight", {l.units, at_->in.count()}, number("weight")),
                 tensor("bias", {l.units}, number("bias"))},
                at_->name, {integer("transB", 1)});
  }
  std::string operator()(const Flatten&) { return node("Flatten", {x_}, at_->name, {integer("axis", 1)}); }
  std::string operator()(const Unflatten&) {
    const Shape& out = at_->out;
    return node("Reshape", {x_, sides("shape", {-1, out.channels, out.height, out.width})}, at_->name);
  }
  std::string operator()(const Upsample& l) {
    const auto by = static_cast<float>(l.factor);
    if (l.bilinear)
      return node("Resize", {x_, "", tensor("scales", {4}, {1, 1, by, by})}, at_->name,
                  {text("mode", "linear"), text("coordinate_transformation_mode", "pytorch_half_pixel")});
    return node("Resize", {x_, "", tensor("scales", {4}, {1, 1, by, by})}, at_->name,
                {text("mode", "nearest"), text("coordinate_transformation_mode", "asymmetric"),
                 text("nearest_mode", "floor")});
  }
  std::string operator()(const ReLU&) { return node("Relu", {x_}, at_->name); }
  std::string operator()(const LeakyReLU& l) {
    return node("LeakyRelu", {x_}, at_->name, {real("alpha", static_cast<float>(l.slope))});
  }
  std::string operator()(const PReLU&) {
    const std::int64_t c = at_->in.channels;
    return node("PRelu",
                {x_, at_->in.flat ? tensor("slope", {c}, number("weight"))
                                  : tensor("slope", {c, 1, 1}, number("weight"))},
                at_->name);
  }
  /// ONNX knows windows of one size only.
  std::string operator()(const AdaptiveAvgPool2d& l) {
    const Shape& in = at_->in;
    if (in.height % l.height != 0 || in.width % l.width != 0)
      throw Error(fmt::format("{} over {}x{}: ONNX has no operator for areas of several sizes", at_->name,
                              in.height, in.width));
    const int h = in.height / l.height, w = in.width / l.width;
    return node("AveragePool", {x_}, at_->name,
                {integers("kernel_shape", {h, w}), integers("strides", {h, w})});
  }
  std::string operator()(const Sigmoid&) { return node("Sigmoid", {x_}, at_->name); }
  std::string operator()(const Tanh&) { return node("Tanh", {x_}, at_->name); }
  std::string operator()(const SiLU&) {
    return node("Mul", {x_, node("Sigmoid", {x_}, at_->name + ".gate")}, at_->name);
  }
  std::string operator()(const GELU&) {
    const std::string part = at_->name + ".";
    const auto constant = [&](const char* which, float v) { return tensor(which, {1}, {v}); };
    const std::string scaled = node("Mul", {x_, constant("root", std::numbers::sqrt2_v<float> / 2)},
                                    part + "scaled"),
                      erf = node("Erf", {scaled}, part + "erf"),
                      raised = node("Add", {erf, constant("one", 1)}, part + "raised"),
                      share = node("Mul", {raised, constant("half", 0.5F)}, part + "share");
    return node("Mul", {x_, share}, at_->name);
  }
  /// relu(x) - relu(x - 6): OpenCV 4.6 reads no Clip whose bounds are inputs, as later ONNX has them.
  std::string operator()(const ReLU6&) {
    const std::string part = at_->name + ".";
    const std::string low = node("Relu", {x_}, part + "low"),
                      above = node("Add", {x_, tensor("minus_six", {1}, {-6})}, part + "above"),
                      excess = node("Relu", {above}, part + "excess"),
                      taken = node("Mul", {excess, tensor("minus_one", {1}, {-1})}, part + "taken");
    return node("Add", {low, taken}, at_->name);
  }
  std::string operator()(const HardSigmoid&) {
    return node("HardSigmoid", {x_}, at_->name, {real("alpha", 1.F / 6), real("beta", 0.5F)});
  }
  std::string operator()(const HardSwish&) {
    const std::string gate =
        node("HardSigmoid", {x_}, at_->name + ".gate", {real("alpha", 1.F / 6), real("beta", 0.5F)});
    return node("Mul", {x_, gate}, at_->name);
  }
  /// At the end of independent outputs there is none in training either, see plan.cpp.
  std::string operator()(const Softmax&) {
    if (independent() && at_->name == model_.graph().nodes.back().name) return x_;
    return node("Softmax", {x_}, at_->name, {integer("axis", 1)});
  }
  std::string operator()(const Add&) { return node(inputs_.size() == 2 ? "Add" : "Sum", inputs_, at_->name); }
  std::string operator()(const Concat&) { return node("Concat", inputs_, at_->name, {integer("axis", 1)}); }
  std::string operator()(const BatchDeviation&) {
    throw Error(fmt::format("{} looks at several images: ONNX has no operator for it", at_->name));
  }
  std::string operator()(const Custom& l) {
    throw Error(fmt::format("{} is a layer of your own: ONNX has no operator for it", l.layer->name()));
  }
  std::string operator()(const Dropout&) { return x_; }
  std::string operator()(const Dropout2d&) { return x_; }

 private:
  /// A parameter that has a number for each channel, as all of an image's pixels meet it.
  std::string channels(const char* which) {
    const std::int64_t c = at_->in.channels;
    return at_->in.flat ? tensor(which, {c}, number(which)) : tensor(which, {1, c, 1, 1}, number(which));
  }
  /// As many as come out.
  std::string run_of_channels(std::int64_t first) {
    return node(
        "Slice",
        {x_, sides("starts", {first}), sides("ends", {first + at_->out.channels}), sides("axes", {1})},
        at_->name);
  }
  std::string scaled_and_moved(const std::string& x) {
    const std::string scaled = node("Mul", {x, channels("weight")}, at_->name + ".scaled");
    return node("Add", {scaled, channels("bias")}, at_->name);
  }
  bool independent() const { return options_.outputs == dataset::Labels::Independent; }
  /// All layers; returns the name of what the last one gives.
  std::string nodes() {
    const Graph graph = model_.graph().part();
    const auto& all = graph.nodes;
    const std::string image = options_.latent > 0 ? latent_and_class() : preprocessed();
    Names values;
    for (std::size_t i = 0; i < all.size(); ++i) {
      at_ = &all[i];
      inputs_.clear();
      for (const int source : at_->inputs)
        inputs_.push_back(source < 0 ? image : values[static_cast<std::size_t>(source)]);
      x_ = inputs_[0];
      values.push_back(std::visit(*this, at_->layer));
    }
    return values.back();
  }

  /// What the network gives in the numbers' own units.
  void as_numbers(const std::string& end, const std::string& out) {
    Node here;
    here.name = "numbers_of";
    at_ = &here;
    const auto wide = static_cast<std::int64_t>(options_.scale.size());
    const std::string scaled =
        node("Mul", {end, tensor("scale", {1, wide}, options_.scale)}, "numbers_scaled");
    node("Add", {scaled, tensor("shift", {1, wide}, options_.shift)}, out);
  }

  /// What an image is made from, as one row: numbers beyond the truncation are cut there.
  std::string latent_and_class() {
    Node here;
    here.name = "row";
    at_ = &here;
    // Made as wide as the numbers by products, for OpenCV's Min and Max want both alike.
    const auto wide = static_cast<std::size_t>(options_.latent);
    const auto bound = [&](const char* name, float side) {
      return node("MatMul",
                  {"truncation", tensor(name, {1, options_.latent}, std::vector<float>(wide, side))},
                  fmt::format("row.{}_wide", name));
    };
    const std::string low = node("Max", {"latent", bound("least", -1)}, "row.low"),
                      cut = node("Min", {low, bound("most", 1)}, "row.cut");
    const std::string both = node("Concat", {cut, "class"}, "row.both", {integer("axis", 1)});
    return node("Reshape", {both, sides("shape", {-1, model_.graph().input.channels, 1, 1})}, "row");
  }

  /// Levels from 0 to 255 as the network wants them.
  std::string preprocessed() {
    if (options_.mean.empty()) return "images";
    const auto channels = static_cast<std::size_t>(model_.graph().input.channels);
    std::vector<float> scale(channels), offset(channels);
    for (std::size_t c = 0; c < channels; ++c) {
      scale[c] = 1 / (255 * options_.std[c]);
      offset[c] = -options_.mean[c] / options_.std[c];
    }
    Node here;
    here.name = "preprocess";
    at_ = &here;
    const auto wide = static_cast<std::int64_t>(channels);
    const std::string scaled =
        node("Mul", {"images", tensor("scale", {1, wide, 1, 1}, scale)}, "preprocess.scaled");
    return node("Add", {scaled, tensor("offset", {1, wide, 1, 1}, offset)}, "preprocess");
  }

  std::vector<float> number_of(const std::string& node, const std::string& which) const {
    for (const Parameter& p : model_.parameters())
      if (p.name == node + "." + which) return p.value;
    return {};
  }
  std::vector<float> number(const char* which) const { return number_of(at_->name, which); }

  /// Numbers of the layer at hand; returns their name.
  std::string tensor(const char* which, std::vector<std::int64_t> shape, std::span<const float> values) {
    const std::string name = at_->name + "." + which;
    Message tensor;
    for (const std::int64_t side : shape) tensor.integer(kDims, side);
    tensor.integer(kDataType, 1).text(kTensorName, name);
    tensor.text(kRaw, {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
    graph_.message(kInitializer, tensor);
    return name;
  }
  std::string tensor(const char* which, std::vector<std::int64_t> shape,
                     std::initializer_list<float> values) {
    return tensor(which, std::move(shape), std::span(values.begin(), values.size()));
  }

  /// Whole numbers of the layer at hand; returns their name.
  std::string sides(const char* which, std::initializer_list<std::int64_t> values) {
    const std::string name = at_->name + "." + which;
    Message tensor;
    tensor.integer(kDims, static_cast<std::int64_t>(values.size()))
        .integer(kDataType, 7)
        .text(kTensorName, name);
    tensor.text(kRaw, {reinterpret_cast<const char*>(values.begin()), values.size() * sizeof(std::int64_t)});
    graph_.message(kInitializer, tensor);
    return name;
  }

  std::string node(const char* type, const Names& inputs, const std::string& output,
                   const std::vector<Message>& attributes = {}) {
    Message node;
    for (const std::string& input : inputs) node.text(kNodeInput, input);
    node.text(kNodeOutput, output).text(kNodeName, output + ".node").text(kOpType, type);
    for (const Message& attribute : attributes) node.message(kAttribute, attribute);
    graph_.message(kNode, node);
    return output;
  }
  Message pads() const {
    const Pads& p = at_->pads;
    return integers("pads", {p.top, p.left, p.bottom, p.right});
  }
  static Message integer(const char* name, std::int64_t value) {
    return Message().text(kAttributeName, name).integer(kInt, value).integer(kType, 2);
  }
  static Message real(const char* name, float value) {
    return Message().text(kAttributeName, name).real(kFloat, value).integer(kType, 1);
  }
  static Message text(const char* name, const char* value) {
    return Message().text(kAttributeName, name).text(kString, value).integer(kType, 3);
  }
  static Message integers(const char* name, std::initializer_list<std::int64_t> values) {
    Message m = Message().text(kAttributeName, name);
    for (const std::int64_t v : values) m.integer(kInts, v);
    return m.integer(kType, 7);
  }
  /// A float tensor [batch, …].
  static Message value(const char* name, std::initializer_list<std::int64_t> sides) {
    Message shape;
    shape.message(1, Message().text(2, "batch"));
    for (const std::int64_t side : sides) shape.message(1, Message().integer(1, side));
    return Message().text(1, name).message(2,
                                           Message().message(1, Message().integer(1, 1).message(2, shape)));
  }
  static Message value(const std::string& name, std::initializer_list<std::int64_t> sides) {
    return value(name.c_str(), sides);
  }

  const Model& model_;
  const OnnxOptions& options_;
  const Node* at_ = nullptr;
  Names inputs_;
  std::string x_;
  Message graph_;
};

}  // namespace

std::vector<unsigned char> to_onnx(const Model& model, const OnnxOptions& options) {
  if (options.fold_batch_norm) {
    const Model plain = folded(model, model.graph());
    return Writer(plain, options).write();
  }
  return Writer(model, options).write();
}

}  // namespace doppel::nn
