#include "plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "bf16_values.h"
#include "doppel/base/error.h"
#include "doppel/nn/model/notation.h"
#include "execution_order.h"
#include "lifetimes.h"

namespace doppel::nn {
namespace {

using engine::Blob;
using engine::Step;

bool learns(const Model& model, const Node& node) {
  return std::ranges::any_of(model.parameters(), [&](const Parameter& p) {
    return p.rate != 0 && p.kind != Parameter::Kind::Statistic && p.name.starts_with(node.name + ".");
  });
}

bool is_join(const Layer& layer) {
  return std::visit([]<class L>(const L&) { return JoinLayer<L>; }, layer);
}

/// The step of each layer but those that join.
struct StepOf {
  using Made = std::unique_ptr<Step>;
  const engine::StepInputs& inputs;
  double next_slope;    ///< of a rectifier after it
  const Layer* before;  ///< null: something else reads that too
  bool tangent;

  Made operator()(const Conv2d&) const { return engine::make_split_conv(inputs, next_slope); }
  Made operator()(const ConvTranspose2d&) const { return engine::make_deconv(inputs); }
  Made operator()(const Upsample&) const { return engine::make_upsample(inputs); }
  Made operator()(const BatchNorm2d&) const { return engine::make_batch_norm(inputs, next_slope); }
  Made operator()(const Linear&) const { return engine::make_linear(inputs); }
  Made operator()(const AnyOf<Flatten, Unflatten> auto&) const { return engine::make_flatten(inputs); }
  Made operator()(const AnyOf<Dropout, Dropout2d, DropPath> auto&) const {
    return engine::make_dropout(inputs);
  }
  Made operator()(const Softmax&) const { return engine::make_softmax(inputs); }
  Made operator()(const PReLU&) const { return engine::make_prelu(inputs); }
  Made operator()(const AdaptiveAvgPool2d&) const { return engine::make_adaptive_pool(inputs); }
  Made operator()(const GlobalAvgPool2d&) const { return engine::make_global_pool(inputs); }
  Made operator()(const AnyOf<MaxPool2d, AvgPool2d> auto&) const { return engine::make_pool(inputs); }
  Made operator()(const GroupNorm&) const { return engine::make_group_norm(inputs); }
  Made operator()(const LayerNorm&) const { return engine::make_layer_norm(inputs); }
  Made operator()(const LayerScale&) const { return engine::make_layer_scale(inputs); }
  Made operator()(const ChannelShuffle&) const { return engine::make_shuffle(inputs); }
  Made operator()(const ChannelChunk&) const { return engine::make_chunk(inputs); }
  Made operator()(const ChannelSlice&) const { return engine::make_slice(inputs); }
  Made operator()(const BatchDeviation&) const { return engine::make_batch_deviation(inputs); }
  Made operator()(const Input&) const { throw std::logic_error("a graph has no node for its input"); }
  Made operator()(const Custom&) const { return engine::make_custom(inputs); }
  Made operator()(const JoinLayer auto& l) const {
    throw std::logic_error(std::string(l.name) + " joins several values");
  }
  Made operator()(const AnyOf<ReLU6, Sigmoid, HardSigmoid, HardSwish, SiLU> auto&) const {
    return engine::make_curve(inputs);
  }
  Made operator()(const AnyOf<ReLU, LeakyReLU, Tanh, GELU> auto&) const {
    const auto is = [&]<class... L>() { return before && (std::holds_alternative<L>(*before) || ...); };
    const bool after_conv = is.template operator()<Conv2d>();
    const bool fused = after_conv && !tangent && rectifier_slope(inputs.node.layer) != 1;
    // In place where nobody before needs what is overwritten.
    const bool in_place = after_conv || is.template operator()<Linear, MaxPool2d, Add, AvgPool2d>();
    return engine::make_activation(inputs, fused, in_place);
  }
};

/// Fills a plan in, node by node.
class Compiler {
 public:
  Compiler(const Graph& graph, const std::vector<Node>& nodes, Model& model, engine::EngineContext& context,
           ExecutorOptions& options, Plan& plan)
      : nodes_(nodes),
        model_(model),
        context_(context),
        options_(options),
        plan_(plan),
        values_(nodes.size() + 1),
        consumers_(graph.consumers()) {}

  void compile() {
    const auto kernels =
        engine::choose_conv_kernels(nodes_, model_, context_, options_.kernels, options_.timing);
    const std::vector<bool> bf16 = engine::bf16_values(nodes_, kernels);
    int readers = 0;
    for (const Node& node : nodes_) readers += static_cast<int>(std::ranges::count(node.inputs, -1));
    hand_out(0, plan_.input, readers, options_.input_gradient, 1);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      // A softmax at the end is left to the loss, and to who reads probabilities.
      if (i + 1 == nodes_.size() && std::holds_alternative<Softmax>(nodes_[i].layer)) break;
      Blob& out = plan_.blobs.emplace_back();
      out.shape = nodes_[i].out;
      out.bf16 = context_.bf16 && bf16[i];
      // Tangents need what a rectifier hides.
      const bool straight = goes_straight_on(nodes_, consumers_, i) && !options_.tangent;
      const double slope = straight ? rectifier_slope(nodes_[i + 1].layer) : 1;
      const bool sum = std::holds_alternative<Add>(nodes_[i].layer),
                 takes_rectifier =
                     slope != 1 && (sum || std::holds_alternative<BatchNorm2d>(nodes_[i].layer));
      const std::size_t last = takes_rectifier ? i + 1 : i;
      const bool forked = consumers_[last] > 1;
      bool needs_grad = learns(model_, nodes_[i]);
      needs_grad |= is_join(nodes_[i].layer) ? add_join(nodes_[i], out, {sum ? slope : 1, !forked})
                                             : add_layer(i, out, slope, kernels[i]);
      i = last;
      plan_.named.emplace_back(nodes_[i].name, &out);
      if (nodes_[i].side_loss > 0) plan_.sides.emplace_back(&out, static_cast<float>(nodes_[i].side_loss));
      hand_out(i + 1, out, consumers_[i], needs_grad, sum ? slope : 1);
    }
  }

  /// What steps pass on to each other shares memory where it can; the rest has its own.
  void give_memory() {
    if (context_.training) {
      std::vector<Blob*> heads{&plan_.blobs.back()};
      for (const auto& [logits, weight] : plan_.sides) heads.push_back(logits);
      plan_.shared = engine::share_gradients(plan_.steps, context_, plan_.input, heads);
    } else {
      plan_.shared = engine::share_values(plan_.steps, context_, plan_.input, plan_.blobs.back());
    }
    plan_.input.take_memory();
    for (Blob& blob : plan_.blobs) blob.take_memory();
  }

 private:
  /// The step of a sum, a concatenation or a product. True where something before it needs a gradient.
  bool add_join(const Node& node, Blob& out, const engine::JoinRectifier& rectifier) {
    std::vector<engine::JoinedBlob> ins;
    bool needs_grad = false;
    std::vector<Blob*> touched{&out};
    for (const int source : node.inputs) {
      ins.push_back(take(source));
      needs_grad |= ins.back().needs_grad;
      touched.push_back(ins.back().blob);
    }
    const bool sum = std::holds_alternative<Add>(node.layer);
    if (std::holds_alternative<Multiply>(node.layer))
      plan_.steps.push_back(engine::make_product(context_, ins.at(0), ins.at(1), out));
    else if (std::holds_alternative<ChannelShift>(node.layer))
      plan_.steps.push_back(engine::make_channel_shift(context_, ins.at(0), ins.at(1), out));
    else
      plan_.steps.push_back(engine::make_join(context_, sum, std::move(ins), out, rectifier));
    plan_.steps.back()->set_node(node.name, layer_text(node.layer));
    plan_.steps.back()->set_passes_back(needs_grad);
    plan_.steps.back()->set_blobs(std::move(touched));
    check_piecewise(node);
    return needs_grad;
  }

  /// The step of any other layer, `next_slope` that of a rectifier after it.
  bool add_layer(std::size_t i, Blob& out, double next_slope, engine::ConvKernel kernel) {
    const Node& node = nodes_[i];
    const auto [in, in_needs_grad] = take(node.inputs[0]);
    const engine::StepInputs inputs{node,  model_, context_, *in, out, in_needs_grad, learns(model_, node),
                                    kernel};
    const bool alone = i > 0 && node.inputs[0] == static_cast<int>(i) - 1 && consumers_[i - 1] == 1;
    plan_.steps.push_back(make_step(inputs, next_slope, alone ? &nodes_[i - 1].layer : nullptr));
    plan_.steps.back()->set_node(node.name, layer_text(node.layer));
    plan_.steps.back()->set_passes_back(in_needs_grad);
    plan_.steps.back()->set_blobs({in, &out});
    check_piecewise(node);
    return in_needs_grad;
  }

  /// Of the step that was made last.
  void check_piecewise(const Node& node) const {
    if (options_.tangent && !plan_.steps.back()->is_piecewise())
      throw UsageError(
          fmt::format("{} isn't linear in pieces, which a gradient penalty needs: convolutions, fc, "
                      "average pooling, resizing, relu, lrelu, add, cat and dropout are",
                      node.name));
  }

  /// A value's blobs for its readers, in the order in which they come for them. `place`: 0 for the image, i
  /// + 1 for node i. `slope`: of the rectifier that a sum has done, and whose way back a fork does.
  void hand_out(std::size_t place, Blob& value, int readers, bool needs_grad, double slope) {
    auto& queue = values_[place];
    if (readers <= 1) {
      queue.push_back({&value, needs_grad});
      return;
    }
    std::vector<Blob*> outs;
    for (int k = 0; k < readers; ++k) outs.push_back(&plan_.blobs.emplace_back());
    plan_.steps.push_back(engine::make_fork(context_, value, outs, needs_grad, slope));
    plan_.steps.back()->set_node(place == 0 ? "image" : nodes_[place - 1].name, "fork");
    plan_.steps.back()->set_passes_back(needs_grad);
    std::vector<Blob*> touched = outs;
    touched.push_back(&value);
    plan_.steps.back()->set_blobs(std::move(touched));
    for (Blob* out : outs) queue.push_back({out, needs_grad});
  }
  engine::JoinedBlob take(int node) {
    auto& queue = values_[static_cast<std::size_t>(node + 1)];
    const engine::JoinedBlob first = queue.front();
    queue.pop_front();
    return first;
  }

  std::unique_ptr<Step> make_step(const engine::StepInputs& inputs, double next_slope,
                                  const Layer* before) const {
    return std::visit(StepOf{inputs, next_slope, before, options_.tangent}, inputs.node.layer);
  }

  const std::vector<Node>& nodes_;
  Model& model_;
  engine::EngineContext& context_;
  ExecutorOptions& options_;
  Plan& plan_;
  std::vector<std::deque<engine::JoinedBlob>> values_;  ///< what each node's readers still have to take
  std::vector<int> consumers_;
};

}  // namespace

Plan::Plan(const Graph& graph, const std::vector<Node>& nodes, Model& model, engine::EngineContext& context,
           ExecutorOptions& options) {
  input.shape = graph.input;
  input.allocate(options.batch, options.input_gradient);
  input.images = true;
  Compiler compiler(graph, nodes, model, context, options, *this);
  compiler.compile();
  compiler.give_memory();
}

}  // namespace doppel::nn
