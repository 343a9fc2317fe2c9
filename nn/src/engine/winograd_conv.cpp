// A convolution that multiplies by Winograd's algorithm, forward and back. A transposed one is the way back
// of a convolution, and its own way back is that convolution.
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
    const ConvWindows windows = windows_of(inputs.node).value();
    out_.format = in_.format;
    ahead_ = {in_.shape.height, in_.shape.width,   out_.shape.height,  out_.shape.width,
              windows.pads.top, windows.pads.left, in_.shape.channels, out_.padded_channels(),
              windows.kernel_h, in_.format.block,  windows.transposed};
    conv_ = ahead_.transposed ? ahead_.back() : ahead_;
    out_.allocate(context_.batch, context_.training);
  }

  void prepare(int rows) override {
    if (rows == 0) return;
    std::size_t floats = winograd_scratch(ahead_, rows);
    if (context_.training && needs_data_grad_)
      floats = std::max(floats, winograd_scratch(ahead_.back(), rows));
    if (context_.training && learns_) {
      floats = std::max(floats, winograd_grad_scratch(conv_, rows));
      if (!gradients_.has_memory())
        gradients_.take_memory(blocked_weights(), static_cast<std::size_t>(out_.shape.channels),
                               context_.shards);
    }
    context_.need_scratch(floats * sizeof(float));
    if (weights_.count() == 0) load_parameters();
  }

  void load_parameters() override {
    if (fills_up()) fill_up();
    load(false, weights_);
    if (context_.training && needs_data_grad_) load(true, back_weights_);
  }

  void forward(int, const Shard& shard) override {
    const float* const bias = !bias_ || context_.tangent ? nullptr
                              : fills_up()               ? filled_up_bias_.data()
                                                         : bias_->value.data();
    winograd_conv(ahead_, shard.rows, in_.numbers(shard.first), weights_.data(), bias, relu_slope_,
                  out_.numbers(shard.first), scratch(shard));
  }

  void backward(int, const Shard& shard) override {
    const Numbers gradient = out_.grad_numbers(shard.first);
    if (learns_ && context_.parameters) {
      const Numbers values = in_.numbers(shard.first);
      if (ahead_.transposed)
        winograd_weight_grad(conv_, shard.rows, gradient, values, gradients_.weights(shard), scratch(shard));
      else
        winograd_weight_grad(conv_, shard.rows, values, gradient, gradients_.weights(shard), scratch(shard));
      if (bias_)
        bias_gradient(out_.layout(shard.rows), out_.shape.channels, gradient, gradients_.biases(shard));
    }
    if (!needs_data_grad_ || (in_.images && !context_.images)) return;
    winograd_conv(ahead_.back(), shard.rows, gradient, back_weights_.data(), nullptr, 1,
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
            view(context_, {weight_dims(), kFloat, dnnl::memory::format_tag::oihw},
                 fills_up() ? filled_up_.data() : weight_.grad.data()));
    if (fills_up())
      each_own_run([&](std::size_t own, std::size_t filled, std::size_t count) {
        std::copy_n(filled_up_.data() + filled, count,
                    weight_.grad.begin() + static_cast<std::ptrdiff_t>(own));
      });
    if (bias_) std::copy_n(gradients_.sum_biases(context_), bias_->grad.size(), bias_->grad.begin());
  }

 private:
  void load(bool back, Buffer& to) {
    if (to.count() == 0) to = Buffer(winograd_weights(back ? ahead_.back() : ahead_));
    const auto transform = back == ahead_.transposed ? winograd_load : winograd_load_back;
    transform(conv_, fills_up() ? filled_up_.data() : weight_.value.data(), to.data());
  }

  /// Filters of zeros fill a transposed convolution's last block up.
  bool fills_up() const { return out_.shape.channels < ahead_.filters; }
  void fill_up() {
    if (filled_up_.count() == 0) {
      filled_up_ = Buffer(static_cast<std::size_t>(conv_.filters * conv_.inputs) * taps());
      filled_up_bias_ = Buffer(static_cast<std::size_t>(ahead_.filters));
    }
    std::fill_n(filled_up_.data(), filled_up_.count(), 0.F);
    each_own_run([&](std::size_t own, std::size_t filled, std::size_t count) {
      std::copy_n(weight_.value.begin() + static_cast<std::ptrdiff_t>(own), count,
                  filled_up_.data() + filled);
    });
    if (bias_) std::ranges::copy(bias_->value, filled_up_bias_.data());
  }
  /// Calls visit(place in the parameter, place where it's filled up, count) for the weights of each input.
  void each_own_run(auto visit) const {
    const std::size_t own = static_cast<std::size_t>(out_.shape.channels) * taps(),
                      filled = static_cast<std::size_t>(ahead_.filters) * taps();
    for (std::size_t c = 0; c < static_cast<std::size_t>(ahead_.inputs); ++c) visit(c * own, c * filled, own);
  }
  std::size_t taps() const { return static_cast<std::size_t>(conv_.kernel * conv_.kernel); }
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
  WinogradConv ahead_{},  ///< what the layer is
      conv_{};            ///< the same, or its way back: that which isn't transposed
  Buffer weights_, back_weights_, filled_up_, filled_up_bias_;
  LaneGradients gradients_;
};

}  // namespace

std::unique_ptr<Step> make_winograd_conv(const StepInputs& inputs, double relu_slope) {
  return std::make_unique<WinogradStep>(inputs, relu_slope);
}

}  // namespace doppel::nn::engine
