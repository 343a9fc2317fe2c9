#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "bf16_weight_grad.h"
#include "conv_parameters.h"
#include "conv_work.h"
#include "depthwise.h"
#include "few_inputs.h"
#include "kernels.h"
#include "onednn.h"
#include "plane_gradient.h"

namespace doppel::nn::engine {
namespace {

constexpr auto kDirect = dnnl::algorithm::convolution_direct;

class ConvStep final : public Step {
 public:
  ConvStep(const StepInputs& inputs, double relu_slope)
      : node_(inputs.node),
        layer_(std::get<Conv2d>(inputs.node.layer)),
        context_(inputs.context),
        in_(inputs.in),
        out_(inputs.out),
        weight_(*inputs.model.find(node_.name, "weight")),
        bias_(inputs.model.find(node_.name, "bias")),
        parameters_(layer_, weight_, bias_),
        geometry_(geometry_of(node_)),
        needs_data_grad_(inputs.in_needs_grad),
        learns_(inputs.learns),
        relu_slope_(relu_slope),
        bf16_(multiplies_bf16(inputs.kernel) || in_.bf16 || out_.bf16),
        factor_(in_, bf16_, context_.batch) {
    window_ = {in_.shape.height, in_.shape.width, out_.shape.height, out_.shape.width, layer_.kernel_h,
               layer_.kernel_w,  layer_.stride,   node_.pads.top,    node_.pads.left};
    const bool grouped = layer_.groups > 1;
    merges_ = merges_groups();
    const int groups = merges_ ? in_.padded_channels() / in_.format.block : layer_.groups;
    inputs_ = in_.format.block > 1 && (!grouped || merges_) ? in_.padded_channels() : in_.shape.channels;
    // oneDNN says which layout its fastest kernel writes; everything after follows it. On AVX2 it has fast
    // kernels only for whole groups of 8 channels: filters of zeros fill the last group up, in memory that a
    // blocked layout has anyway.
    const int rows = (context_.batch + context_.shards - 1) / context_.shards;
    filters_ = merges_ ? inputs_ : grouped ? layer_.filters : (layer_.filters + 7) / 8 * 8;
    parameters_.fill_up(inputs_, filters_, groups, merges_ ? in_.format.block : 0);
    out_.format = format_of(forward_descriptor(rows, output(rows, Tag::any)).dst_desc());
    // For inference oneDNN 2.6 would give depthwise kernels pixels outermost, which nothing after them reads.
    const bool alike = layer_.groups == in_.shape.channels && layer_.groups == layer_.filters;
    if ((alike || merges_) && in_.format.block > 1 && out_.format != in_.format) out_.format = in_.format;
    if (out_.format.block == 1 && !merges_)
      parameters_.fill_up(inputs_, filters_ = layer_.filters, layer_.groups);
    out_.allocate(context_.batch, context_.training);
  }

  void prepare(int rows) override {
    if (rows == 0 || kernels_.contains(rows)) return;
    Kernels k;
    k.forward = forward_descriptor(rows, output(rows, out_.format.tag));
    k.run_forward = dnnl::convolution_forward(k.forward);
    std::size_t scratch = k.forward.scratchpad_desc().get_size();
    if (context_.training) {
      prepare_backward(k, rows);
      if (k.run_weights) scratch = std::max(scratch, k.weights.scratchpad_desc().get_size());
      if (k.run_data) scratch = std::max(scratch, k.data.scratchpad_desc().get_size());
    }
    context_.need_scratch(scratch);
    if (bf16_ && !out_.bf16 && context_.training)
      context_.need_bf16(out_.row_numbers() * static_cast<std::size_t>(rows));
    kernels_.emplace(rows, std::move(k));
    load_parameters();
  }

  void load_parameters() override {
    if (kernels_.empty()) return;
    const OneDnnScope scope;
    const dnnl::memory plain = parameters_.load(context_);
    // Kernels for other row counts ask for the same layouts; where they don't, they get a copy of their own.
    for (auto& [rows, k] : kernels_) {
      forward_weights_.load(context_, plain, k.forward.weights_desc());
      if (k.run_data) data_weights_.load(context_, plain, k.data.weights_desc());
    }
    if (plane_gradient_) plane_gradient_->load(weight_.value.data());
  }

  void forward(int, const Shard& shard) override {
    const Kernels& k = kernels_.at(shard.rows);
    factor_.convert(shard);
    Arguments arguments{
        {DNNL_ARG_SRC, view(context_, input(shard.rows), factor_.rows(shard))},
        {DNNL_ARG_WEIGHTS, forward_weights_.find(context_, k.forward.weights_desc())},
        {DNNL_ARG_DST, view(context_, output(shard.rows, out_.format.tag), out_.numbers(shard.first).at)}};
    if (bias_)
      arguments.insert({DNNL_ARG_BIAS, view(context_, parameters_.bias_desc(), parameters_.bias(context_))});
    execute(context_, shard, k.run_forward, k.forward.scratchpad_desc(), std::move(arguments));
  }

  void backward(int, const Shard& shard) override {
    const Kernels& k = kernels_.at(shard.rows);
    const auto lane_index = static_cast<std::size_t>(shard.index);
    void* const gradient = bf16_ ? bf16_gradient(context_, shard, out_) : out_.grad_numbers(shard.first).at;
    const auto dst = view(context_, output_gradient(shard.rows), gradient);
    if (!learns_ || !context_.parameters) {
      // Only the way back is needed, if that.
    } else if (weight_grad_ == WeightGrad::Bf16) {
      bf16_weight_grad(blocked(), shard.rows, static_cast<const std::uint16_t*>(factor_.rows(shard)),
                       static_cast<const std::uint16_t*>(gradient), gradients_.weights(shard),
                       context_.scratch[lane_index]->data());
      if (bias_)
        bias_gradient(out_.layout(shard.rows), layer_.filters, out_.grad_numbers(shard.first),
                      gradients_.biases(shard));
    } else if (weight_grad_ == WeightGrad::FewInputs) {
      few_inputs_weight_grad(planes(), out_.layout(shard.rows), in_.row(shard.first),
                             out_.grad_numbers(shard.first), gradients_.weights(shard),
                             bias_ ? gradients_.biases(shard) : nullptr,
                             context_.scratch[lane_index]->data());
    } else if (weight_grad_ == WeightGrad::Depthwise) {
      depthwise_weight_grad(window_, out_.layout(shard.rows), layer_.filters, in_.row(shard.first),
                            out_.grad_row(shard.first), gradients_.weights(shard),
                            bias_ ? gradients_.biases(shard) : nullptr);
    } else {
      run_weight_grad(k, shard, dst);
    }
    if (!needs_data_grad_ || (in_.images && !context_.images)) return;
    if (plane_gradient_)
      return plane_gradient_->run(shard.rows, out_.grad_numbers(shard.first), in_.grad_row(shard.first),
                                  context_.scratch[lane_index]->data());
    const dnnl::memory wanted = view(context_, input_gradient(shard.rows), in_.grad_numbers(shard.first).at);
    const bool direct = k.data.diff_src_desc() == input_gradient(shard.rows);
    const dnnl::memory made =
        direct ? wanted : view(context_, k.data.diff_src_desc(), data_grads_[lane_index].data());
    execute(context_, shard, k.run_data, k.data.scratchpad_desc(),
            {{DNNL_ARG_DIFF_DST, dst},
             {DNNL_ARG_WEIGHTS, data_weights_.find(context_, k.data.weights_desc())},
             {DNNL_ARG_DIFF_SRC, made}});
    if (!direct) reorder(context_, made, wanted);
  }

  std::vector<std::pair<std::string, std::string>> kernels() const override {
    if (kernels_.empty()) return {};
    const Kernels& k = kernels_.begin()->second;
    std::vector<std::pair<std::string, std::string>> named{{"forward", k.forward.impl_info_str()}};
    if (weight_grad_ != WeightGrad::OneDnn && context_.training && learns_)
      named.emplace_back("weights", "own");
    else if (k.run_weights)
      named.emplace_back("weights", k.weights.impl_info_str());
    if (plane_gradient_) named.emplace_back("data", name_of(ConvKernel::Winograd));
    if (k.run_data) named.emplace_back("data", k.data.impl_info_str());
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
    if (weight_grad_ == WeightGrad::FewInputs || weight_grad_ == WeightGrad::Depthwise)
      std::copy_n(gradients_.sum_weights(context_), weight_.grad.size(), weight_.grad.begin());
    else
      parameters_.take_weight_gradient(context_, gradients_);
    parameters_.take_bias_gradient(context_, gradients_);
  }

 private:
  struct Kernels {
    dnnl::convolution_forward::primitive_desc forward;
    dnnl::convolution_backward_data::primitive_desc data;
    dnnl::convolution_backward_weights::primitive_desc weights;
    dnnl::primitive run_forward, run_data, run_weights;
  };

  void run_weight_grad(const Kernels& k, const Shard& shard, const dnnl::memory& dst) {
    Arguments weights{{DNNL_ARG_SRC, view(context_, input(shard.rows), factor_.rows(shard))},
                      {DNNL_ARG_DIFF_DST, dst},
                      {DNNL_ARG_DIFF_WEIGHTS, view(context_, gradients_.desc(), gradients_.weights(shard))}};
    if (bias_)
      weights.insert({DNNL_ARG_DIFF_BIAS, view(context_, parameters_.bias_desc(), gradients_.biases(shard))});
    execute(context_, shard, k.run_weights, k.weights.scratchpad_desc(), std::move(weights));
  }

  PlaneConv planes() const { return {window_, in_.shape.channels, layer_.filters}; }
  ConvWork work() const {
    return {node_, in_, out_, weight_.value.size(), context_.shards, bf16_, learns_, needs_data_grad_};
  }
  BlockedConv blocked() const { return {window_, inputs_, filters_}; }
  static dnnl::memory::data_type kept_type(const Blob& blob) { return blob.bf16 ? kBf16 : kFloat; }
  /// What is multiplied.
  dnnl::memory::data_type type() const { return bf16_ ? kBf16 : kFloat; }
  dnnl::memory::dims input_dims(int rows) const { return {rows, inputs_, in_.shape.height, in_.shape.width}; }
  dnnl::memory::dims output_dims(int rows) const {
    return {rows, filters_, out_.shape.height, out_.shape.width};
  }
  Desc input(int rows) const { return {input_dims(rows), type(), in_.format.tag}; }
  Desc input_gradient(int rows) const { return {input_dims(rows), kept_type(in_), in_.format.tag}; }
  /// Of planes, for which it has only a reference loop, oneDNN may choose another layout.
  Desc wanted_input_gradient(int rows) const {
    return in_.format == kPlain ? Desc(input_dims(rows), kept_type(in_), Tag::any) : input_gradient(rows);
  }
  Desc output(int rows, Tag tag) const { return {output_dims(rows), kept_type(out_), tag}; }
  Desc output_gradient(int rows) const { return {output_dims(rows), type(), out_.format.tag}; }
  dnnl::convolution_forward::primitive_desc forward_descriptor(int rows, const Desc& dst) const {
    dnnl::primitive_attr attr = user_scratch();
    if (relu_slope_ != 1) {
      dnnl::post_ops post;
      append_rectifier(post, static_cast<float>(relu_slope_));
      attr.set_post_ops(post);
    }
    const auto kind =
        context_.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    return describe<dnnl::convolution_forward>(
        context_.engine, attr, kind, kDirect, input(rows), parameters_.any_weights(type()),
        parameters_.bias_desc(), dst, geometry_.strides, geometry_.dilates, geometry_.low, geometry_.high);
  }

  /// Which of these computes the gradient of the weights.
  enum class WeightGrad { OneDnn, FewInputs, Depthwise, Bf16 };
  /// Groups of fewer channels than a block, for which oneDNN has only a reference loop, are put together to
  /// whole blocks, with zeros between them.
  bool merges_groups() const {
    const int block = in_.format.block, each = in_.shape.channels / layer_.groups;
    return layer_.groups > 1 && each > 1 && each < block && block % each == 0 &&
           in_.shape.channels == layer_.filters && !bf16_;
  }
  /// Where oneDNN 2.6 has only a reference loop: for kernels of 5 and more taps in a row.
  bool suits_depthwise(const Kernels& k) const {
    const bool depthwise = layer_.groups == in_.shape.channels && layer_.groups == layer_.filters;
    return depthwise && context_.weight_gradients != WeightGradients::OneDnn && !bf16_ &&
           layer_.dilation == 1 && layer_.kernel_w <= kWidestDepthwise && in_.format.block > 1 &&
           in_.format == out_.format &&
           (context_.weight_gradients == WeightGradients::Own ||
            std::string(k.weights.impl_info_str()).starts_with("ref"));
  }
  bool suits_own_bf16() const {
    return context_.weight_gradients != WeightGradients::OneDnn && bf16_ && in_.format.block == 16 &&
           out_.format.block == 16 && layer_.groups == 1 && layer_.dilation == 1;
  }
  /// Where oneDNN has only a reference loop: its kernels for AVX-512 are as fast.
  bool suits_few_inputs(const Kernels& k) const {
    return context_.weight_gradients != WeightGradients::OneDnn && out_.format.block > 1 &&
           in_.format.block == 1 && layer_.dilation == 1 && layer_.groups == 1 &&
           (context_.weight_gradients == WeightGradients::Own ||
            std::string(k.weights.impl_info_str()).starts_with("ref"));
  }

  void prepare_backward(Kernels& k, int rows) {
    if (suits_own_bf16()) {
      weight_grad_ = WeightGrad::Bf16;
      context_.need_scratch(bf16_weight_grad_scratch(blocked()));
      take_weight_gradients({dims_of(parameters_.weight_desc()), kFloat, Tag::OIhw16i16o});
    } else if (weight_grad_ == WeightGrad::OneDnn) {
      prepare_weight_grad(k, rows);
    }
    prepare_data_grad(k, rows);
  }

  void prepare_weight_grad(Kernels& k, int rows) {
    const Desc diff_weights = gradients_.has_memory() ? gradients_.desc() : parameters_.any_weights(kFloat);
    k.weights = describe_backward<dnnl::convolution_backward_weights>(
        context_.engine, user_scratch(), k.forward, kDirect, input(rows), diff_weights,
        parameters_.bias_desc(), output_gradient(rows), geometry_.strides, geometry_.dilates, geometry_.low,
        geometry_.high);
    k.run_weights = dnnl::convolution_backward_weights(k.weights);
    if (suits_few_inputs(k)) {
      weight_grad_ = WeightGrad::FewInputs;
      context_.need_scratch(few_inputs_scratch(planes()));
      take_weight_gradients({{static_cast<int>(weight_.grad.size())}, kFloat, Tag::x});
    } else if (suits_depthwise(k)) {
      weight_grad_ = WeightGrad::Depthwise;
      take_weight_gradients({{static_cast<int>(weight_.grad.size())}, kFloat, Tag::x});
    } else {
      take_weight_gradients(k.weights.diff_weights_desc());
    }
  }

  /// Planes of a block at most, and filters in the processor's own blocks.
  bool suits_plane_gradient() const {
    const int block = out_.format.block;
    return in_.format == kPlain && in_.shape.channels <= block && out_.format == usual_blocks() &&
           block > 1 && layer_.kernel_h == 4 && layer_.kernel_w == 4 && layer_.stride == 2 &&
           layer_.dilation == 1 && layer_.groups == 1 && layer_.filters % block == 0 && !bf16_;
  }
  WinogradConv winograd() const {
    return {window_.in_h,      window_.in_w,   window_.out_h,
            window_.out_w,     window_.top,    window_.left,
            out_.format.block, layer_.filters, 4,
            out_.format.block};
  }

  void take_weight_gradients(const Desc& desc) {
    if (!gradients_.has_memory())
      gradients_.take_memory(desc, static_cast<std::size_t>(filters_), context_.shards);
  }

  void prepare_data_grad(Kernels& k, int rows) {
    if (!needs_data_grad_) return;
    if (suits_plane_gradient()) {
      if (!plane_gradient_) plane_gradient_.emplace(winograd(), in_.shape.channels);
      return context_.need_scratch(plane_gradient_->scratch(rows) * sizeof(float));
    }
    k.data = describe_backward<dnnl::convolution_backward_data>(
        context_.engine, user_scratch(), k.forward, kDirect, wanted_input_gradient(rows),
        parameters_.any_weights(type()), output_gradient(rows), geometry_.strides, geometry_.dilates,
        geometry_.low, geometry_.high);
    k.run_data = dnnl::convolution_backward_data(k.data);
    if (k.data.diff_src_desc() == input_gradient(rows)) return;
    data_grads_.resize(static_cast<std::size_t>(context_.shards));
    const std::size_t floats = k.data.diff_src_desc().get_size() / sizeof(float) + 1;
    for (Buffer& buffer : data_grads_)
      if (buffer.count() < floats) buffer = Buffer(floats);
  }

  const Node& node_;
  Conv2d layer_;
  EngineContext& context_;
  Blob &in_, &out_;
  Parameter& weight_;
  Parameter* bias_;
  ConvParameters parameters_;
  ConvGeometry geometry_;
  bool needs_data_grad_, learns_;
  double relu_slope_;
  bool bf16_;      ///< multiplies in bfloat16
  Factor factor_;  ///< what it reads
  WeightGrad weight_grad_ = WeightGrad::OneDnn;
  SlidingWindow window_;
  int inputs_ = 0, filters_ = 0;                 ///< channels as oneDNN sees them: filled up to whole blocks
  bool merges_ = false;                          ///< several groups to one
  std::vector<Buffer> data_grads_;               ///< per shard, where oneDNN's layout isn't the input's
  std::optional<PlaneGradient> plane_gradient_;  ///< in place of oneDNN's
  std::map<int, Kernels> kernels_;
  WeightCopies forward_weights_, data_weights_;
  LaneGradients gradients_;
};

}  // namespace

std::unique_ptr<Step> make_conv(const StepInputs& inputs, double relu_slope) {
  // Planes, and blocks that aren't the processor's own, are left to oneDNN.
  if (inputs.kernel == ConvKernel::Winograd && inputs.in.format == usual_blocks())
    return make_winograd_conv(inputs, relu_slope);
  if (inputs.kernel == ConvKernel::ChannelsLast && inputs.in.format.block == 16)
    return make_channels_last_conv(inputs, relu_slope);
  if (inputs.kernel == ConvKernel::Tiles && inputs.in.format.block == 16)
    return make_tile_conv(inputs, relu_slope);
  return std::make_unique<ConvStep>(inputs, relu_slope);
}

}  // namespace doppel::nn::engine
