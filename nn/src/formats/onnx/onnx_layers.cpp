// The operators that have weights, look at windows, or change values one by one.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "doppel/base/error.h"
#include "onnx_operators.h"

namespace doppel::nn {
namespace {

constexpr int kLongestWindow = 4096;

/// Of an attribute with one number for each direction, which must be alike. Throws Error else.
int both_ways(const OnnxNode& node, const char* attribute) {
  const std::vector<std::int64_t> all = node.wholes(attribute, {1, 1});
  if (all.size() != 2 || all[0] != all[1] || all[0] < 1 || all[0] > 4096)
    throw Error(fmt::format("its {} aren't alike both ways", attribute));
  return static_cast<int>(all[0]);
}

int counted_side(std::int64_t side, const char* what, int most = 1 << 20) {
  if (side < 1 || side > most) throw Error(fmt::format("has {} {}", side, what));
  return static_cast<int>(side);
}

bool is_even(const Pads& p) { return p.top == p.left && p.top == p.bottom && p.top == p.right; }

/// Windows' rows and columns.
std::pair<int, int> kernel_of(const OnnxNode& node) {
  const std::vector<std::int64_t> sides = node.wholes("kernel_shape", {});
  if (sides.size() != 2) throw Error("its windows aren't those of an image");
  return {counted_side(sides[0], "rows", kLongestWindow), counted_side(sides[1], "columns", kLongestWindow)};
}

/// What a pooling layer gives, which is checked where zeros at the end are taken for a last window that only
/// begins inside.
int windows(int side, int kernel, int stride, int pads, bool ceil) {
  const int room = side + pads - kernel;
  return room < 0 ? 0 : (room + (ceil ? stride - 1 : 0)) / stride + 1;
}

}  // namespace

Pads OnnxOperators::pads(const OnnxNode& node, const OnnxState& x, int span_h, int span_w, int stride) const {
  const std::string rule = node.text("auto_pad", "NOTSET");
  Pads pads = x.padding;
  if (rule == "SAME_UPPER" || rule == "SAME_LOWER") {
    const Shape& shape = shape_of(x);
    const bool upper = rule == "SAME_UPPER";
    const auto split = [&](int side, int span, int& first, int& last) {
      const int all = std::max(0, ((side + stride - 1) / stride - 1) * stride + span - side);
      first += upper ? all / 2 : all - all / 2;
      last += upper ? all - all / 2 : all / 2;
    };
    split(shape.height + pads.top + pads.bottom, span_h, pads.top, pads.bottom);
    split(shape.width + pads.left + pads.right, span_w, pads.left, pads.right);
    return pads;
  }
  const std::vector<std::int64_t> sides = node.wholes("pads", {0, 0, 0, 0});
  if (sides.size() != 4 || std::ranges::any_of(sides, [](std::int64_t p) { return p < 0 || p > 4096; }))
    throw Error("has pads that can't be");
  if (rule == "VALID") return pads;
  pads.top += static_cast<int>(sides[0]);
  pads.left += static_cast<int>(sides[1]);
  pads.bottom += static_cast<int>(sides[2]);
  pads.right += static_cast<int>(sides[3]);
  return pads;
}

void OnnxOperators::conv(const OnnxNode& node) {
  const OnnxState& x = state(node, 0);
  if (x.last || x.groups > 0 || x.pixels_first)
    throw Error("reads a value in an order that no layer takes here");
  const OnnxTensor& weight = weights(node, 1, 4);
  const std::int64_t groups = node.whole("group", 1);
  Conv2d layer;
  layer.filters = counted_side(weight.sides[0], "filters");
  layer.kernel_h = counted_side(weight.sides[2], "rows", kLongestWindow);
  layer.kernel_w = counted_side(weight.sides[3], "columns", kLongestWindow);
  layer.stride = both_ways(node, "strides");
  layer.dilation = both_ways(node, "dilations");
  layer.groups = counted_side(groups, "groups");
  if (weight.sides[1] * groups != shape_of(x).channels)
    throw Error(
        fmt::format("its filters see {} channels of {}", weight.sides[1] * groups, shape_of(x).channels));
  const Pads around = pads(node, x, layer.span_h(), layer.span_w(), layer.stride);
  layer.padding = Padding::Explicit;
  if (is_even(around))
    layer.pad = around.top;
  else
    layer.sides = around;
  std::map<std::string, Numbers> numbers{{"weight", weight.reals}};
  if (Numbers bias = vector_of(node, 2); !bias.empty()) {
    layer.bias = true;
    numbers["bias"] = std::move(bias);
  } else {
    layer.no_bias = true;
  }
  give(node, pieces_.layer(layer, x.piece, node.called(), std::move(numbers)));
}

void OnnxOperators::conv_transpose(const OnnxNode& node) {
  const OnnxState x = plain(node, 0);
  const OnnxTensor& weight = weights(node, 1, 4);
  const Pads around = pads(node, OnnxState(-1), 1, 1, 1);
  const auto extra = node.wholes("output_padding", {0, 0});
  if (node.whole("group", 1) != 1 || both_ways(node, "dilations") != 1 || !is_even(around) ||
      node.has("output_shape") || extra != std::vector<std::int64_t>{0, 0} ||
      node.text("auto_pad", "NOTSET") != "NOTSET")
    throw Error("has groups, dilation or an output's size, which no layer has here");
  const ConvTranspose2d layer{
      counted_side(weight.sides[1], "filters"), counted_side(weight.sides[2], "rows", kLongestWindow),
      counted_side(weight.sides[3], "columns", kLongestWindow), both_ways(node, "strides"), around.top};
  Numbers bias = vector_of(node, 2);
  if (bias.empty()) bias.assign(static_cast<std::size_t>(layer.filters), 0);
  give(node,
       pieces_.layer(layer, x.piece, node.called(), {{"weight", weight.reals}, {"bias", std::move(bias)}}));
}

void OnnxOperators::max_pool(const OnnxNode& node) {
  const OnnxState& x = state(node, 0);
  if (x.last || x.groups > 0 || x.pixels_first)
    throw Error("reads a value in an order that no layer takes here");
  // Zeros are no less than what a rectifier gives.
  if (x.padding != Pads{} && !pieces_.is<ReLU>(x.piece) && !pieces_.is<ReLU6>(x.piece))
    throw Error("counts zeros around the image");
  const auto [h, w] = kernel_of(node);
  MaxPool2d layer{h, w, both_ways(node, "strides"), 0, node.whole("ceil_mode", 0) != 0};
  if (both_ways(node, "dilations") != 1) throw Error("has windows with gaps");
  const Pads around = pads(node, x, h, w, layer.stride);
  const Shape shape = shape_of(x);
  if (is_even(around)) {
    layer.pad = around.top;
  } else {
    layer.ceil = true;
    const int rows = windows(shape.height, h, layer.stride, around.top + around.bottom, false),
              columns = windows(shape.width, w, layer.stride, around.left + around.right, false);
    if (around.top != 0 || around.left != 0 || rows != windows(shape.height, h, layer.stride, 0, true) ||
        columns != windows(shape.width, w, layer.stride, 0, true))
      throw Error("has pads that differ from side to side");
  }
  give(node, pieces_.layer(layer, x.piece, node.called()));
}

void OnnxOperators::average_pool(const OnnxNode& node) {
  const OnnxState& x = state(node, 0);
  if (x.last || x.groups > 0 || x.pixels_first)
    throw Error("reads a value in an order that no layer takes here");
  const auto [h, w] = kernel_of(node);
  const Shape shape = shape_of(x);
  if (both_ways(node, "dilations") != 1) throw Error("has windows with gaps");
  AvgPool2d layer{h, w, both_ways(node, "strides"), 0, node.whole("count_include_pad", 0) != 0};
  const Pads around = pads(node, x, h, w, layer.stride);
  // Zeros that a Pad has put there always count.
  if (x.padding == around && around != Pads{}) layer.padded = true;
  if (!is_even(around) || (x.padding != Pads{} && !layer.padded))
    throw Error("has pads that differ from side to side, or count in part");
  if (node.whole("ceil_mode", 0) != 0 && (windows(shape.height, h, layer.stride, 2 * around.top, true) !=
                                              windows(shape.height, h, layer.stride, 2 * around.top, false) ||
                                          windows(shape.width, w, layer.stride, 2 * around.top, true) !=
                                              windows(shape.width, w, layer.stride, 2 * around.top, false)))
    throw Error("has a last window that only begins inside");
  layer.pad = around.top;
  if (h == shape.height && w == shape.width && layer.pad == 0)
    return give(node, pieces_.layer(GlobalAvgPool2d{}, x.piece, node.called()));
  give(node, pieces_.layer(layer, x.piece, node.called()));
}

bool OnnxOperators::is_over_channels(const OnnxNode& node, const OnnxState& x) const {
  if (node.op != "ReduceMean" || !(shape_of(x).flat || x.last)) return false;
  const std::vector<std::int64_t> axes = wholes(node, 1, "axes");
  return node.whole("keepdims", 1) != 0 && axes.size() == 1 && (axes[0] == -1 || axes[0] == (x.last ? 3 : 1));
}

void OnnxOperators::global_average(const OnnxNode& node) {
  const OnnxState& x = state(node, 0);
  if (is_over_channels(node, x)) {
    OnnxState mean = x;
    mean.piece = pieces_.part(OnnxPiece::Is::Mean, x.piece, node.called());
    return give(node, mean);
  }
  if (x.groups > 0 || x.pixels_first || x.padding != Pads{} || shape_of(x).flat)
    throw Error("is taken of something else than an image");
  if (node.op == "GlobalAveragePool" && x.last) throw Error("is taken over something else than pixels");
  OnnxState result(pieces_.layer(GlobalAvgPool2d{}, x.piece, node.called()));
  result.last = x.last;
  if (node.op == "ReduceMean") {
    std::vector<std::int64_t> axes = wholes(node, 1, "axes");
    for (std::int64_t& axis : axes) axis = axis < 0 ? axis + 4 : axis;
    std::ranges::sort(axes);
    if (axes != (x.last ? std::vector<std::int64_t>{1, 2} : std::vector<std::int64_t>{2, 3}))
      throw Error("is taken over something else than pixels");
    if (node.whole("keepdims", 1) == 0) return to_vector(node, result);
  }
  give(node, result);
}

void OnnxOperators::batch_norm(const OnnxNode& node) {
  const OnnxState x = plain(node, 0);
  BatchNorm2d layer;
  layer.epsilon = node.real("epsilon", 1e-5);
  std::map<std::string, Numbers> numbers;
  const std::array<const char*, 4> names{"weight", "bias", "running_mean", "running_var"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    Numbers values = vector_of(node, i + 1);
    if (values.size() != static_cast<std::size_t>(shape_of(x).channels))
      throw Error(fmt::format("has {} numbers for {} channels", values.size(), shape_of(x).channels));
    numbers[names[i]] = std::move(values);
  }
  if (!shape_of(x).flat) return give(node, pieces_.layer(layer, x.piece, node.called(), std::move(numbers)));
  // Of a vector it goes into the matrix before it.
  Numbers scale = numbers["weight"], shift = numbers["bias"];
  for (std::size_t c = 0; c < scale.size(); ++c) {
    scale[c] /= std::sqrt(numbers["running_var"][c] + static_cast<float>(layer.epsilon));
    shift[c] -= numbers["running_mean"][c] * scale[c];
  }
  affine(node, x, std::move(scale), std::move(shift));
}

void OnnxOperators::instance_norm(const OnnxNode& node) {
  const OnnxState& x = state(node, 0);
  const Numbers scale = vector_of(node, 1), shift = vector_of(node, 2);
  const double epsilon = node.real("epsilon", 1e-5);
  const bool neutral = std::ranges::all_of(scale, [](float v) { return v == 1; }) &&
                       std::ranges::all_of(shift, [](float v) { return v == 0; });
  if (x.groups > 0 || x.pixels_first) {
    const auto parts =
        static_cast<std::size_t>(x.groups > 0 ? x.groups : shape_of(x).height * shape_of(x).width);
    if (scale.size() != parts || shift.size() != parts)
      throw Error(fmt::format("has {} factors and {} sums for {} parts", scale.size(), shift.size(), parts));
    if (!neutral || x.turned || x.normal) throw Error("scales groups of channels apart");
    OnnxState result = x;
    result.normal = true;
    result.epsilon = epsilon;
    return alias(node, result);
  }
  const OnnxState image = plain(node, 0);
  const int channels = shape_of(image).channels;
  give(node, pieces_.layer(GroupNorm{channels, epsilon}, image.piece, node.called(),
                           {{"weight", scale}, {"bias", shift}}));
}

void OnnxOperators::layer_norm(const OnnxNode& node) {
  const OnnxState& x = state(node, 0);
  const Shape shape = shape_of(x);
  const std::int64_t axis = node.whole("axis", -1);
  if (!(shape.flat || x.last) || x.groups > 0 || x.pixels_first || x.padding != Pads{} ||
      (axis != -1 && axis != (shape.flat ? 1 : 3)))
    throw Error("is taken over something else than channels");
  Numbers shift = vector_of(node, 2);
  if (shift.empty()) shift.assign(static_cast<std::size_t>(shape.channels), 0);
  OnnxState result(pieces_.layer(LayerNorm{node.real("epsilon", 1e-5)}, x.piece, node.called(),
                                 {{"weight", vector_of(node, 1)}, {"bias", std::move(shift)}}));
  result.last = x.last;
  give(node, result);
}

void OnnxOperators::linear(const OnnxNode& node, const OnnxState& x, const OnnxTensor& weight, bool turned,
                           float factor, Numbers bias) {
  const Shape shape = shape_of(x);
  const std::int64_t in = weight.sides[turned ? 1 : 0], out = weight.sides[turned ? 0 : 1];
  if (!(shape.flat || x.last) || x.groups > 0 || x.pixels_first || x.padding != Pads{} ||
      in != shape.channels)
    throw Error(fmt::format("multiplies a matrix of {} columns by {}", in, shape.text()));
  const auto rows = static_cast<std::size_t>(counted_side(out, "outputs")),
             columns = static_cast<std::size_t>(in);
  const auto c = static_cast<std::size_t>(x.rows.channels), pixels = c > 0 ? columns / c : 1;
  Numbers values(rows * columns);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t k = 0; k < columns; ++k) {
      // Of an image whose channels come last each pixel's numbers are next to each other; ours are by
      // channel.
      const std::size_t ours = c > 0 ? k % c * pixels + k / c : k;
      values[r * columns + ours] = factor * weight.reals[turned ? r * columns + k : k * rows + r];
    }
  if (bias.size() == 1) bias.assign(rows, bias[0]);
  if (!bias.empty() && bias.size() != rows)
    throw Error(fmt::format("adds {} numbers to {}", bias.size(), rows));
  const bool biased = !bias.empty();
  if (!biased) bias.assign(rows, 0);
  if (shape.flat)
    return give(node, pieces_.layer(Linear{static_cast<int>(rows)}, x.piece, node.called(),
                                    {{"weight", std::move(values)}, {"bias", std::move(bias)}}));
  Conv2d layer;
  layer.filters = static_cast<int>(rows);
  layer.kernel_h = layer.kernel_w = 1;
  layer.padding = Padding::Explicit;
  layer.bias = true;
  OnnxState result(pieces_.layer(layer, x.piece, node.called(),
                                 {{"weight", std::move(values)}, {"bias", std::move(bias)}}));
  result.last = true;
  give(node, result);
}

void OnnxOperators::gemm(const OnnxNode& node) {
  if (node.whole("transA", 0) != 0) throw Error("turns the images' matrix");
  Numbers bias = vector_of(node, 2);
  for (float& b : bias) b *= static_cast<float>(node.real("beta", 1));
  linear(node, state(node, 0), weights(node, 1, 2), node.whole("transB", 0) != 0,
         static_cast<float>(node.real("alpha", 1)), std::move(bias));
}

void OnnxOperators::matrix_product(const OnnxNode& node) {
  linear(node, state(node, 0), weights(node, 1, 2), false, 1, {});
}

void OnnxOperators::curve(const OnnxNode& node) {
  const OnnxState& x = state(node, 0);
  if (x.groups > 0 || x.pixels_first || x.padding != Pads{})
    throw Error("reads a value in an order that no layer takes");
  const std::string name = node.called();
  OnnxState result = x;
  const auto by = [&](const Layer& layer) { result.piece = pieces_.layer(layer, x.piece, name); };
  if (node.op == "Relu") by(ReLU{});
  if (node.op == "Sigmoid") by(Sigmoid{});
  if (node.op == "Tanh") by(Tanh{});
  if (node.op == "HardSwish") by(HardSwish{});
  if (node.op == "LeakyRelu") by(LeakyReLU{node.real("alpha", 0.01)});
  if (node.op == "Erf") result.piece = pieces_.part(OnnxPiece::Is::Erf, x.piece, name);
  if (node.op == "Sqrt") result.piece = pieces_.part(OnnxPiece::Is::Root, x.piece, name);
  if (node.op == "Gelu") {
    if (node.text("approximate", "none") != "none") throw Error("is a GELU by tanh; ours is exact");
    by(GELU{});
  }
  if (node.op == "HardSigmoid") {
    if (std::abs(node.real("alpha", 0.2) - 1.0 / 6) > 1e-4 || node.real("beta", 0.5) != 0.5)
      throw Error("has another slope than 1/6");
    by(HardSigmoid{});
  }
  give(node, result);
}

void OnnxOperators::power(const OnnxNode& node) {
  const OnnxState& x = state(node, 0);
  const Numbers exponent = vector_of(node, 1);
  if (exponent.size() != 1 || exponent[0] != 2) throw Error("no layer takes this power of a value");
  OnnxState result = x;
  result.piece = pieces_.part(OnnxPiece::Is::Square, x.piece, node.called());
  give(node, result);
}

void OnnxOperators::clip(const OnnxNode& node) {
  const OnnxState& x = state(node, 0);
  const auto bound = [&](std::size_t input, const char* attribute, double otherwise) {
    if (node.has(attribute)) return node.real(attribute, otherwise);
    const Numbers given = vector_of(node, input);
    return given.empty() ? otherwise : static_cast<double>(given[0]);
  };
  const double low = bound(1, "min", -std::numeric_limits<double>::infinity()),
               high = bound(2, "max", std::numeric_limits<double>::infinity());
  if (x.groups > 0 || x.pixels_first || x.padding != Pads{})
    throw Error("reads a value in an order that no layer takes");
  if (low != 0 || (high != 6 && high < 1e30))
    throw Error(fmt::format("keeps values between {} and {}", low, high));
  OnnxState result = x;
  result.piece = high == 6 ? pieces_.layer(ReLU6{}, x.piece, node.called())
                           : pieces_.layer(ReLU{}, x.piece, node.called());
  give(node, result);
}

void OnnxOperators::prelu(const OnnxNode& node) {
  const OnnxState x = plain(node, 0);
  const OnnxTensor* given = node.inputs.size() > 1 ? constants_.find(node.inputs[1]) : nullptr;
  if (!given) throw Error("its slopes aren't constant");
  Numbers slope = by_channel(*given, x);
  if (slope.size() == 1) slope.assign(static_cast<std::size_t>(shape_of(x).channels), slope[0]);
  give(node, pieces_.layer(PReLU{}, x.piece, node.called(), {{"weight", std::move(slope)}}));
}

}  // namespace doppel::nn
