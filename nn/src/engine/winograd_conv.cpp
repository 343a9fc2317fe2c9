// A convolution that multiplies by Winograd's algorithm, forward and back.
#include <algorithm>

#include "conv_work.h"
#include "kernels.h"
#include "onednn.h"
#include "winograd.h"

namespace doppel::nn::engine {
namespace {

class WinogradStep final : public Step {
 public:
  WinogradStep(const StepInputs& inputs, double relu_slope)
      : node_(inputs.node),
        context_(inputs.context),
        in_(inputs.in),
        out_(inputs.out),
        weight_(*inputs.model.find(inputs.node.name, "weight")),
        bias_(inputs.model.find(inputs.node.name, "bias")),
        needs_data_grad_(inputs.in_needs_grad),
        learns_(inputs.learns),
        relu_slope_(static_cast<float>(relu_slope)) {
    const auto& layer = std::get<Conv2d>(inputs.node.layer);
    out_.format = in_.format;
    conv_ = {in_.shape.height,     in_.shape.width,       out_.shape.height,  out_.shape.width,
             inputs.node.pads.top, inputs.node.pads.left, in_.shape.channels, layer.filters,
             layer.kernel_h,       in_.format.block};
    out_.allocate(context_.batch, context_.training);
  }

  void prepare(int rows) override {
    if (rows == 0) return;
    std::size_t floats = winograd_scratch(conv_, rows);
    if (context_.training && needs_data_grad_)
      floats = std::max(floats, winograd_scratch(conv_.back(), rows));
    if (context_.training && learns_) {
      floats = std::max(floats, winograd_grad_scratch(conv_, rows));
      if (!gradients_.has_memory())
        gradients_.take_memory(blocked_weights(), static_cast<std::size_t>(conv_.filters), context_.shards);
    }
    context_.need_scratch(floats * sizeof(float));
    if (weights_.count() == 0) load_parameters();
  }

  void load_parameters() override {
    if (weights_.count() == 0) weights_ = Buffer(winograd_weights(conv_));
    winograd_load(conv_, weight_.value.data(), weights_.data());
    if (!context_.training || !needs_data_grad_) return;
    if (back_weights_.count() == 0) back_weights_ = Buffer(winograd_weights(conv_.back()));
    winograd_load_back(conv_, weight_.value.data(), back_weights_.data());
  }

  void forward(int, const Shard& shard) override {
    const float* const bias = bias_ && !context_.tangent ? bias_->value.data() : nullptr;
    winograd_conv(conv_, shard.rows, in_.numbers(shard.first), weights_.data(), bias, relu_slope_,
                  out_.numbers(shard.first), scratch(shard));
  }

  void backward(int, const Shard& shard) override {
    const Numbers gradient = out_.grad_numbers(shard.first);
    if (learns_ && context_.parameters) {
      winograd_weight_grad(conv_, shard.rows, in_.numbers(shard.first), gradient, gradients_.weights(shard),
                           scratch(shard));
      if (bias_) bias_gradient(out_.layout(shard.rows), conv_.filters, gradient, gradients_.biases(shard));
    }
    if (!needs_data_grad_ || (in_.images && !context_.images)) return;
    winograd_conv(conv_.back(), shard.rows, gradient, back_weights_.data(), nullptr, 1,
                  in_.grad_numbers(shard.first), scratch(shard));
  }

  std::vector<std::pair<std::string, std::string>> kernels() const override {
    std::vector<std::pair<std::string, std::string>> named{{"forward", name_of(ConvKernel::Winograd)}};
    if (context_.training && learns_) named.emplace_back("weights", name_of(ConvKernel::Winograd));
    if (context_.training && needs_data_grad_) named.emplace_back("data", name_of(ConvKernel::Winograd));
    return named;
  }
  Work forward_work(int rows) const override { return work().forward(rows); }
  Work backward_work(int rows) const override { return work().backward(rows); }
  Work parameter_work() const override { return work().parameters(); }
  Work load_work() const override {
    Work load = work().load(context_.training);
    for (const Buffer* made : {&weights_, &back_weights_})
      load.bytes += static_cast<double>(made->count()) * sizeof(float) -
                    (made->count() > 0 ? work().weight_bytes() : 0);
    return load;
  }
  bool is_piecewise() const override { return relu_slope_ == 1; }
  int parameter_tasks() const override { return learns_ ? 1 : 0; }
  /// Adds up the shards in order, and brings the sum into the parameter's layout.
  void parameter_task(int) override {
    float* const sums = gradients_.sum_weights(context_);
    const OneDnnScope scope;
    reorder(context_, view(context_, gradients_.desc(), sums),
            view(context_, {weight_dims(), kFloat, dnnl::memory::format_tag::oihw}, weight_.grad.data()));
    if (bias_) std::copy_n(gradients_.sum_biases(context_), bias_->grad.size(), bias_->grad.begin());
  }

 private:
  ConvWork work() const {
    return {node_, in_, out_, weight_.value.size(), context_.shards, false, learns_, needs_data_grad_};
  }
  dnnl::memory::dims weight_dims() const { return {conv_.filters, conv_.inputs, conv_.kernel, conv_.kernel}; }
  dnnl::memory::desc blocked_weights() const {
    using Tag = dnnl::memory::format_tag;
    return {weight_dims(), kFloat, conv_.block == 16 ? Tag::OIhw16i16o : Tag::OIhw8i8o};
  }
  float* scratch(const Shard& shard) const {
    return context_.scratch[static_cast<std::size_t>(shard.index)]->data();
  }

  const Node& node_;
  EngineContext& context_;
  Blob &in_, &out_;
  Parameter& weight_;
  Parameter* bias_;
  bool needs_data_grad_, learns_;
  float relu_slope_;
  WinogradConv conv_{};
  Buffer weights_, back_weights_;
  LaneGradients gradients_;
};

}  // namespace

std::unique_ptr<Step> make_winograd_conv(const StepInputs& inputs, double relu_slope) {
  return std::make_unique<WinogradStep>(inputs, relu_slope);
}

}  // namespace doppel::nn::engine
