// A convolution that multiplies by the processor's tiles, forward and back; or a transposed one, which is the
// way back of a convolution, and whose own way back is that convolution.
#include <algorithm>

#include "conv_parameters.h"
#include "conv_work.h"
#include "kernels.h"
#include "tile_conv.h"

namespace doppel::nn::engine {
namespace {

/// The convolution, or that of whose way back a transposed one is: it reads what comes out of that.
TileConv tile_conv_of(const Node& node, const Blob& in) {
  if (const auto* turned = std::get_if<ConvTranspose2d>(&node.layer))
    return {{node.out.height, node.out.width, node.in.height, node.in.width, turned->kernel_h,
             turned->kernel_w, turned->stride, turned->pad, turned->pad},
            1,
            whole_blocks(turned->filters),
            in.padded_channels()};
  const auto& layer = std::get<Conv2d>(node.layer);
  return {{node.in.height, node.in.width, node.out.height, node.out.width, layer.kernel_h, layer.kernel_w,
           layer.stride, node.pads.top, node.pads.left},
          layer.dilation,
          in.padded_channels(),
          whole_blocks(layer.filters)};
}

/// As the parameters of that convolution lie: those of a transposed one have its filters outermost, which are
/// what it reads.
Conv2d layer_of_parameters(const Node& node) {
  if (const auto* layer = std::get_if<Conv2d>(&node.layer)) return *layer;
  const auto& turned = std::get<ConvTranspose2d>(node.layer);
  Conv2d layer;
  layer.filters = node.in.channels;
  layer.kernel_h = turned.kernel_h;
  layer.kernel_w = turned.kernel_w;
  return layer;
}

class TileConvStep final : public Step {
 public:
  TileConvStep(const StepInputs& inputs, double relu_slope)
      : node_(inputs.node),
        context_(inputs.context),
        in_(inputs.in),
        out_(inputs.out),
        weight_(*inputs.model.find(node_.name, "weight")),
        bias_(inputs.model.find(node_.name, "bias")),
        parameters_(layer_of_parameters(node_), weight_, nullptr),
        needs_data_grad_(inputs.in_needs_grad),
        learns_(inputs.learns),
        relu_slope_(static_cast<float>(relu_slope)),
        conv_(tile_conv_of(node_, in_)),
        transposed_(std::holds_alternative<ConvTranspose2d>(node_.layer)),
        ahead_(transposed_ ? TilePass::data_grad(conv_) : TilePass::forward(conv_)),
        back_(transposed_ ? TilePass::forward(conv_) : TilePass::data_grad(conv_)),
        weight_grad_(conv_),
        bias_values_(bias_ ? static_cast<std::size_t>(whole_blocks(node_.out.channels)) : 0) {
    parameters_.fill_up(conv_.inputs, conv_.filters, 1);
    out_.format = in_.format;
    out_.allocate(context_.batch, context_.training);
  }

  void prepare(int rows) override {
    if (rows == 0) return;
    std::size_t bytes = ahead_.scratch(rows);
    if (goes_back()) bytes = std::max(bytes, back_.scratch(rows));
    if (context_.training && learns_) {
      bytes = std::max(bytes, weight_grad_.scratch(rows));
      if (!gradients_.has_memory())
        gradients_.take_memory({dims(), kFloat, dnnl::memory::format_tag::OIhw16i16o},
                               static_cast<std::size_t>(node_.out.channels), context_.shards);
    }
    context_.need_scratch(bytes);
    if (weights_.empty() && back_weights_.empty()) load_parameters();
  }

  void load_parameters() override {
    const OneDnnScope scope;
    const dnnl::memory plain = parameters_.load(context_);
    if (!transposed_ || goes_back())
      load(plain, dnnl::memory::format_tag::OIhw8i16o2i, conv_.inputs, conv_.filters, weights_);
    if (transposed_ || goes_back())
      load(plain, dnnl::memory::format_tag::IOhw8o16i2o, conv_.filters, conv_.inputs, back_weights_);
    if (bias_) std::ranges::copy(bias_->value, bias_values_.data());
  }

  void forward(int, const Shard& shard) override {
    const float* const bias = bias_ && !context_.tangent ? bias_values_.data() : nullptr;
    ahead_.run(shard.rows, in_.numbers(shard.first), (transposed_ ? back_weights_ : weights_).data(), bias,
               relu_slope_, out_.numbers(shard.first), scratch(shard));
  }

  void backward(int, const Shard& shard) override {
    const Numbers values = in_.numbers(shard.first), gradient = out_.grad_numbers(shard.first);
    if (learns_ && context_.parameters) {
      weight_grad_.run(shard.rows, transposed_ ? gradient : values, transposed_ ? values : gradient,
                       gradients_.weights(shard), scratch(shard));
      if (bias_)
        bias_gradient(out_.layout(shard.rows), node_.out.channels, gradient, gradients_.biases(shard));
    }
    if (needs_data_grad_ && (!in_.images || context_.images))
      back_.run(shard.rows, gradient, (transposed_ ? weights_ : back_weights_).data(), nullptr, 1,
                in_.grad_numbers(shard.first), scratch(shard));
  }

  std::vector<std::pair<std::string, std::string>> kernels() const override {
    const std::string name = name_of(ConvKernel::Tiles);
    std::vector<std::pair<std::string, std::string>> named{{"forward", name}};
    if (context_.training && learns_) named.emplace_back("weights", name);
    if (goes_back()) named.emplace_back("data", name);
    return named;
  }
  bool is_piecewise() const override { return relu_slope_ == 1; }
  Work forward_work(int rows) const override { return work().forward(rows); }
  Work backward_work(int rows) const override { return work().backward(rows); }
  Work parameter_work() const override { return work().parameters(); }
  Work load_work() const override { return work().load(context_.training); }
  int parameter_tasks() const override { return learns_ ? 1 : 0; }
  /// Adds up the shards in order, and brings the sum into the parameter's layout.
  void parameter_task(int) override {
    parameters_.take_weight_gradient(context_, gradients_);
    if (bias_) std::copy_n(gradients_.sum_biases(context_), bias_->grad.size(), bias_->grad.begin());
  }

 private:
  bool goes_back() const { return context_.training && needs_data_grad_; }
  ConvWork work() const {
    return {node_, in_, out_, weight_.value.size(), context_.shards, true, learns_, needs_data_grad_};
  }
  dnnl::memory::dims dims() const {
    return {conv_.filters, conv_.inputs, conv_.window.kernel_h, conv_.window.kernel_w};
  }
  /// `packed` = the weights by way of blocks of pairs.
  void load(const dnnl::memory& plain, dnnl::memory::format_tag blocks, int from, int to,
            std::vector<std::uint16_t>& packed) {
    const int taps = conv_.window.kernel_h * conv_.window.kernel_w;
    const dnnl::memory::desc pairs(dims(), kBf16, blocks);
    if (pairs_.count() == 0) pairs_ = Buffer(pairs.get_size() / sizeof(float));
    if (packed.empty()) packed.resize(tile_weights(taps, from, to));
    reorder(context_, plain, view(context_, pairs, pairs_.data()));
    pack_tile_weights(taps, from, to, reinterpret_cast<const std::uint16_t*>(pairs_.data()), packed.data());
  }
  void* scratch(const Shard& shard) const {
    return context_.scratch[static_cast<std::size_t>(shard.index)]->data();
  }

  const Node& node_;
  EngineContext& context_;
  Blob &in_, &out_;
  Parameter& weight_;
  Parameter* bias_;
  ConvParameters parameters_;
  bool needs_data_grad_, learns_;
  float relu_slope_;
  TileConv conv_;
  bool transposed_;
  TilePass ahead_, back_;
  TileWeightGrad weight_grad_;
  Buffer bias_values_;                                 ///< zeros where channels are filled up
  Buffer pairs_;                                       ///< the weights on their way to the tiles
  std::vector<std::uint16_t> weights_, back_weights_;  ///< of conv_, forward and back
  LaneGradients gradients_;
};

}  // namespace

std::unique_ptr<Step> make_tile_conv(const StepInputs& inputs, double relu_slope) {
  return std::make_unique<TileConvStep>(inputs, relu_slope);
}

}  // namespace doppel::nn::engine
