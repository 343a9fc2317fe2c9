#include "doppel/nn/model/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "doppel/base/error.h"
#include "doppel/nn/model/custom_layer.h"
#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

[[noreturn]] void fail(const Node& node, std::size_t number, const std::string& what) {
  throw UsageError(fmt::format("network, layer {} ({}): {}; the shape so far is {}", number,
                               layer_text(node.layer), what, node.in.text()));
}

int out_side(int in, int pads, int kernel, int stride) { return (in + pads - kernel) / stride + 1; }

/// Zeros more at the end, so that a last window that begins inside fits.
int to_ceil(int in, int pad, int kernel, int stride) {
  const int windows = (in + 2 * pad - kernel + stride - 1) / stride + 1;
  const int last = (windows - 1) * stride < in + pad ? windows : windows - 1;
  return std::max(0, (last - 1) * stride + kernel - in - 2 * pad);
}

/// The out shape, pads, parameters and cost of a node whose `in` is set.
class ShapeRule {
 public:
  ShapeRule(Node& node, std::size_t number, int classes) : node_(node), number_(number), classes_(classes) {}

  void operator()(Conv2d& l) {
    need_image();
    if (l.per_class && classes_ == 0)
      fail(node_, number_, "has as many filters as there are classes, but their number isn't known");
    if (l.per_class) l.filters = classes_;
    if (l.filters == 0) l.filters = l.groups = node_.in.channels;
    if (node_.in.channels % l.groups != 0 || l.filters % l.groups != 0)
      fail(node_, number_,
           fmt::format("its {} groups don't divide {} channels and {} filters", l.groups, node_.in.channels,
                       l.filters));
    node_.pads = l.padding == Padding::Same ? same_pads(l.span_h(), l.span_w(), l.stride)
                 : l.sides                  ? *l.sides
                                            : Pads{l.pad, l.pad, l.pad, l.pad};
    slide(l.span_h(), l.span_w(), l.stride, l.filters);
    const std::int64_t weights =
        std::int64_t{l.filters} * (node_.in.channels / l.groups) * l.kernel_h * l.kernel_w;
    node_.parameters = weights + (node_.bias ? l.filters : 0);
    node_.flops = 2 * weights * node_.out.height * node_.out.width;
  }
  void operator()(const ConvTranspose2d& l) {
    need_image();
    const auto side = [&](int in, int kernel) { return (in - 1) * l.stride - 2 * l.pad + kernel; };
    node_.out = {l.filters, side(node_.in.height, l.kernel_h), side(node_.in.width, l.kernel_w)};
    if (node_.out.height < 1 || node_.out.width < 1) fail(node_, number_, "its padding leaves nothing");
    const std::int64_t weights = std::int64_t{l.filters} * node_.in.channels * l.kernel_h * l.kernel_w;
    node_.parameters = weights + (node_.bias ? l.filters : 0);
    node_.flops = 2 * weights * node_.in.height * node_.in.width;
  }
  void operator()(const Upsample& l) {
    need_image();
    node_.out = {node_.in.channels, node_.in.height * l.factor, node_.in.width * l.factor};
  }
  void operator()(const Dropout2d&) {
    need_image();
    node_.flops = node_.in.count();
  }
  void operator()(const MaxPool2d& l) { pool(l); }
  void operator()(const AvgPool2d& l) { pool(l); }
  void operator()(const GlobalAvgPool2d&) {
    need_image();
    node_.out = {node_.in.channels, 1, 1};
    node_.flops = node_.in.count();
  }
  void operator()(const AdaptiveAvgPool2d& l) {
    need_image();
    node_.out = {node_.in.channels, l.height, l.width};
    node_.flops = node_.in.count();
  }
  void operator()(const PReLU&) {
    node_.parameters = node_.in.channels;
    node_.flops = node_.in.count();
  }
  void operator()(const BatchNorm2d&) {
    need_image();
    node_.parameters = 2 * std::int64_t{node_.in.channels};
    node_.flops = 4 * node_.in.count();
  }
  void operator()(const GroupNorm& l) {
    need_image();
    need_divided(l.groups, "groups");
    normalize();
  }
  void operator()(const LayerNorm&) { normalize(); }
  void operator()(const LayerScale&) {
    node_.parameters = node_.in.channels;
    node_.flops = node_.in.count();
  }
  void operator()(const ChannelShuffle& l) {
    need_image();
    need_divided(l.groups, "groups");
  }
  void operator()(const ChannelChunk& l) {
    need_image();
    need_divided(l.count, "chunks");
    node_.out.channels /= l.count;
  }
  void operator()(const ChannelSlice& l) {
    need_image();
    const int last = l.last == 0 ? node_.in.channels : l.last;
    if (l.first > last || last > node_.in.channels)
      fail(node_, number_,
           fmt::format("there are no channels {} to {} of {}", l.first, last, node_.in.channels));
    node_.out.channels = last - l.first + 1;
  }
  void operator()(const BatchDeviation&) {
    need_image();
    node_.out.channels += 1;
    node_.flops = 4 * node_.in.count();
  }
  void operator()(const DropPath&) { node_.flops = node_.in.count(); }
  void operator()(const AnyOf<Multiply, ChannelShift> auto&) { node_.flops = node_.in.count(); }
  void operator()(const Input&) {}
  void operator()(Linear& l) {
    if (!node_.in.flat) fail(node_, number_, "needs a vector");
    if (l.units == 0) l.units = classes_;
    if (l.units == 0)
      fail(node_, number_, "needs a number of units, as fc(10): the number of classes isn't known");
    node_.bias = true;
    node_.out = {l.units, 1, 1, true};
    node_.parameters = l.units * (node_.in.count() + 1);
    node_.flops = 2 * l.units * node_.in.count();
  }
  void operator()(const Flatten&) { node_.out = {static_cast<int>(node_.in.count()), 1, 1, true}; }
  void operator()(const Unflatten& l) {
    const auto area = std::int64_t{l.height} * l.width;
    if (!node_.in.flat) fail(node_, number_, "makes an image of a vector, but an image comes in");
    if (node_.in.count() % area != 0)
      fail(node_, number_,
           fmt::format("{} numbers don't fill images of {}x{}", node_.in.count(), l.height, l.width));
    node_.out = {static_cast<int>(node_.in.count() / area), l.height, l.width};
  }
  void operator()(const Softmax&) {
    if (!node_.in.flat) fail(node_, number_, "works on a vector; put flatten or fc before it");
    node_.flops = 5 * node_.in.count();
  }
  void operator()(const Add&) { node_.flops = node_.in.count() * std::ssize(node_.inputs); }
  void operator()(const Concat&) {}
  void operator()(const Custom& l) {
    node_.out = l.layer->shape(node_.in);
    node_.flops = node_.out.count();
  }
  void operator()(const Activation auto&) { node_.flops = node_.in.count(); }
  void operator()(const Dropout&) { node_.flops = node_.in.count(); }

 private:
  void need_image() const {
    if (node_.in.flat) fail(node_, number_, "works on images [C, H, W], but a vector comes in");
  }
  void need_divided(int parts, const char* what) const {
    if (node_.in.channels % parts != 0)
      fail(node_, number_, fmt::format("its {} {} don't divide {} channels", parts, what, node_.in.channels));
  }
  void normalize() {
    node_.parameters = 2 * std::int64_t{node_.in.channels};
    node_.flops = 7 * node_.in.count();
  }
  Pads same_pads(int kernel_h, int kernel_w, int stride) const {
    const auto total = [stride](int in, int kernel) {
      const int out = (in + stride - 1) / stride;
      return std::max(0, (out - 1) * stride + kernel - in);
    };
    const int h = total(node_.in.height, kernel_h), w = total(node_.in.width, kernel_w);
    return {h / 2, w / 2, h - h / 2, w - w / 2};
  }
  void slide(int kernel_h, int kernel_w, int stride, int channels) {
    const Pads& p = node_.pads;
    if (node_.in.height + p.top + p.bottom < kernel_h || node_.in.width + p.left + p.right < kernel_w)
      fail(
          node_, number_,
          fmt::format("a {}x{} window doesn't fit into {}x{}; pool less often, pad, or take a smaller window",
                      kernel_h, kernel_w, node_.in.height, node_.in.width));
    node_.out = {channels, out_side(node_.in.height, p.top + p.bottom, kernel_h, stride),
                 out_side(node_.in.width, p.left + p.right, kernel_w, stride)};
  }
  template <class Pool>
  void pool(const Pool& l) {
    need_image();
    if (l.pad >= l.kernel_h || l.pad >= l.kernel_w)
      fail(node_, number_, "its padding must be smaller than its window");
    node_.pads = {l.pad, l.pad, l.pad, l.pad};
    if constexpr (std::is_same_v<Pool, MaxPool2d>)
      if (l.ceil) {
        node_.pads.bottom += to_ceil(node_.in.height, l.pad, l.kernel_h, l.stride);
        node_.pads.right += to_ceil(node_.in.width, l.pad, l.kernel_w, l.stride);
      }
    slide(l.kernel_h, l.kernel_w, l.stride, node_.in.channels);
    node_.flops = node_.out.count() * l.kernel_h * l.kernel_w;
  }

  Node& node_;
  std::size_t number_;
  int classes_;
};

}  // namespace

std::string Shape::text() const {
  return flat ? fmt::format("{}", channels) : fmt::format("{}x{}x{}", channels, height, width);
}

std::int64_t Graph::parameters() const {
  std::int64_t sum = 0;
  for (const Node& node : nodes) sum += node.parameters;
  return sum;
}

std::int64_t Graph::flops() const {
  std::int64_t sum = 0;
  for (const Node& node : nodes) sum += node.flops;
  return sum;
}

std::string Graph::summary() const {
  std::string text =
      fmt::format("{:<10} {:<20} {:>12} {:>12} {:>9}\n", "node", "layer", "output", "parameters", "MFLOP");
  text += fmt::format("{:<10} {:<20} {:>12}\n", "input", "", input.text());
  for (const Node& node : nodes)
    text += fmt::format("{:<10} {:<20} {:>12} {:>12} {:>9.3f}{}\n", node.name, layer_text(node.layer),
                        node.out.text(), node.parameters, static_cast<double>(node.flops) / 1e6,
                        node.side ? "  side" : "");
  return text + fmt::format("{:<10} {:<20} {:>12} {:>12} {:>9.3f}\n", "sum", "", "", parameters(),
                            static_cast<double>(flops()) / 1e6);
}

std::vector<int> Graph::consumers() const {
  std::vector<int> count(nodes.size(), 0);
  for (const Node& node : nodes)
    for (const int source : node.inputs)
      if (source >= 0) ++count[static_cast<std::size_t>(source)];
  return count;
}

namespace {

/// Walks a network's chains and puts their layers into a graph.
class Builder {
 public:
  Builder(Graph& graph, int classes) : graph_(graph), classes_(classes) {}

  /// A chain that begins at a node's value; returns the node that it ends in.
  int chain(const Network& parts, int from) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (const auto* branches = std::get_if<Branches>(&parts[i].is)) {
        from = join(*branches, from);
        continue;
      }
      if (const auto* side = std::get_if<Side>(&parts[i].is)) {
        add_side(*side, from);
        continue;
      }
      const Layer& layer = std::get<Layer>(parts[i].is);
      if (std::holds_alternative<Input>(layer)) {
        from = -1;
        continue;
      }
      ++number_;
      if (std::holds_alternative<Linear>(layer) && !shape(from).flat) from = add(Flatten{}, {from}, false);
      const Layer* next = i + 1 < parts.size() ? std::get_if<Layer>(&parts[i + 1].is) : nullptr;
      const bool normalized = next && std::holds_alternative<BatchNorm2d>(*next);
      const auto* conv = std::get_if<Conv2d>(&layer);
      const bool biased = (conv && conv->bias) || (!normalized && !(conv && conv->no_bias) &&
                                                   (conv || std::holds_alternative<ConvTranspose2d>(layer)));
      from = add(layer, {from}, biased);
    }
    return from;
  }

 private:
  const Shape& shape(int node) const {
    return node < 0 ? graph_.input : graph_.nodes[static_cast<std::size_t>(node)].out;
  }

  int add(const Layer& layer, std::vector<int> inputs, bool bias) {
    Node node;
    node.layer = layer;
    const std::string_view kind = std::visit([](const auto& l) { return l.name; }, layer);
    node.name = fmt::format("{}{}", kind, ++counts_[kind]);
    node.in = node.out = shape(inputs[0]);
    node.inputs = std::move(inputs);
    node.bias = bias;
    node.side = at_side_;
    std::visit(ShapeRule(node, number_, classes_), node.layer);
    graph_.nodes.push_back(std::move(node));
    return static_cast<int>(graph_.nodes.size()) - 1;
  }

  void add_side(const Side& side, int from) {
    if (at_side_) throw UsageError("network: a side[] holds another one");
    if (side.chain.empty()) throw UsageError("network: side[] has no layers");
    at_side_ = true;
    Node& end = graph_.nodes[static_cast<std::size_t>(chain(side.chain, from))];
    at_side_ = false;
    end.side_loss = side.weight;
    if (!end.out.flat || (classes_ > 0 && end.out.channels != classes_))
      throw UsageError(
          fmt::format("network, after layer {}: a side[] must end in a number for each class, as "
                      "by fc, not in {}",
                      number_, end.out.text()));
  }

  int join(const Branches& branches, int from) {
    std::vector<int> ends;
    for (const Network& branch : branches.chains) ends.push_back(chain(branch, from));
    if (branches.join == Branches::Join::Multiply) return product(std::move(ends));
    const bool sum = branches.join == Branches::Join::Add;
    const char* name = sum ? "add" : "cat";
    if (ends.empty()) throw UsageError(fmt::format("network: {}[] has no branches", name));
    const std::vector<int> numbers = sum ? take_channel_numbers(ends) : std::vector<int>();
    Shape out = shape(ends[0]);
    for (std::size_t i = 1; i < ends.size(); ++i) {
      const Shape& other = shape(ends[i]);
      const bool fits =
          sum ? other == out
              : other.flat == out.flat && other.height == out.height && other.width == out.width;
      if (!fits)
        throw UsageError(fmt::format(
            "network, after layer {}: {}[…|…] joins {}, but its branches give {} and {}", number_, name,
            sum ? "values of one shape, or a number for each channel of them"
                : "images of one height and width",
            out.text(), other.text()));
      if (!sum) out.channels += other.channels;
    }
    if (!numbers.empty()) return add(ChannelShift{}, {sum_of(std::move(ends)), sum_of(numbers)}, false);
    const int node = sum ? add(Add{}, std::move(ends), false) : add(Concat{}, std::move(ends), false);
    graph_.nodes[static_cast<std::size_t>(node)].out = out;
    return node;
  }

  /// Those of a sum's branches that give a number for each channel of one that gives images, which stay.
  std::vector<int> take_channel_numbers(std::vector<int>& ends) const {
    const auto wide = std::ranges::find_if(
        ends, [&](int end) { return !shape(end).flat && shape(end).height * shape(end).width > 1; });
    if (wide == ends.end()) return {};
    const Shape number{shape(*wide).channels, 1, 1};
    std::vector<int> numbers;
    std::ranges::copy_if(ends, std::back_inserter(numbers), [&](int end) { return shape(end) == number; });
    std::erase_if(ends, [&](int end) { return shape(end) == number; });
    return numbers;
  }
  int sum_of(std::vector<int> ends) {
    return ends.size() == 1 ? ends[0] : add(Add{}, std::move(ends), false);
  }

  /// The larger of two factors comes first.
  int product(std::vector<int> ends) {
    if (ends.size() != 2)
      throw UsageError(fmt::format("network: mul[] multiplies two branches, not {}", ends.size()));
    const auto pixels = [&](int node) { return shape(node).height * shape(node).width; };
    if (pixels(ends[0]) < pixels(ends[1])) std::swap(ends[0], ends[1]);
    const Shape &wide = shape(ends[0]), &factor = shape(ends[1]);
    if (factor != wide &&
        (factor.flat || wide.flat || factor.channels != wide.channels || pixels(ends[1]) != 1))
      throw UsageError(fmt::format(
          "network, after layer {}: mul[…|…] multiplies values of one shape, or one by a factor for each "
          "channel, but its branches give {} and {}",
          number_, wide.text(), factor.text()));
    return add(Multiply{}, ends, false);
  }

  Graph& graph_;
  int classes_;
  std::size_t number_ = 0;
  bool at_side_ = false;
  std::map<std::string_view, int> counts_;
};

/// Throws UsageError where a value goes nowhere, as before a branch that begins anew.
void check_all_are_read(const Graph& graph) {
  const std::vector<int> consumers = graph.consumers();
  for (std::size_t i = 0; i + 1 < graph.nodes.size(); ++i)
    if (consumers[i] == 0 && graph.nodes[i].side_loss == 0)
      throw UsageError(
          fmt::format("network: nothing reads what {} ({}) gives: all branches after it begin "
                      "with the input",
                      graph.nodes[i].name, layer_text(graph.nodes[i].layer)));
}

/// Throws UsageError for what gives no number for each class of each pixel.
void check_gives_masks(const Graph& graph, int classes) {
  const Shape& out = graph.output();
  if (out.flat || out.channels != classes || out.height != graph.input.height ||
      out.width != graph.input.width)
    throw UsageError(fmt::format(
        "network: it ends in {} ({}), but masks need a number for each of {} classes and {}x{} pixels; end "
        "with resize, where images got smaller, and conv1x1(classes)",
        out.text(), layer_text(graph.nodes.back().layer), classes, graph.input.width, graph.input.height));
  if (std::ranges::any_of(graph.nodes, [](const Node& node) { return node.side; }))
    throw UsageError("network: a side[] learns classes of images, but this network ends in masks");
}

}  // namespace

bool gives_masks(const Network& network) {
  return std::ranges::any_of(network, [](const auto& part) {
    if (const auto* branches = std::get_if<Branches>(&part.is))
      return std::ranges::any_of(branches->chains, gives_masks);
    const auto* layer = std::get_if<Layer>(&part.is);
    const auto* conv = layer ? std::get_if<Conv2d>(layer) : nullptr;
    return conv && conv->per_class;
  });
}

Graph build_graph(const Network& network, Shape input, int classes) {
  if (network.empty()) throw UsageError("network: it has no layers");
  Graph graph{input, network, {}};
  Builder(graph, classes).chain(network, -1);
  if (graph.nodes.empty()) throw UsageError("network: it has no layers");
  check_all_are_read(graph);
  if (graph.nodes.back().side) throw UsageError("network: it ends in a side[]; what it gives comes after");
  for (const Node& node : graph.nodes)
    if (node.side_loss > 0 && node.out.channels != graph.output().channels)
      throw UsageError(fmt::format("network: a side[] ends in {} numbers, but the network in {}",
                                   node.out.channels, graph.output().channels));
  const Shape& out = graph.output();
  if (gives_masks(network))
    check_gives_masks(graph, classes);
  else if (classes > 0 && (!out.flat || out.channels != classes))
    throw UsageError(fmt::format("network: it ends in {} ({}), but there are {} classes; end with fc({})",
                                 out.text(), layer_text(graph.nodes.back().layer), classes, classes));
  return graph;
}

}  // namespace doppel::nn
