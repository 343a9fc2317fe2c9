#include <algorithm>
#include <map>
#include <string>

#include "bf16_weight_grad.h"
#include "conv_work.h"
#include "depthwise.h"
#include "few_inputs.h"
#include "kernels.h"
#include "onednn.h"

namespace doppel::nn::engine {
namespace {

using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;
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
        needs_data_grad_(inputs.in_needs_grad),
        learns_(inputs.learns),
        relu_slope_(relu_slope),
        bf16_(inputs.kernel == ConvKernel::Bf16 || in_.bf16 || out_.bf16),
        factor_(in_, bf16_, context_.batch) {
    window_ = {in_.shape.height, in_.shape.width, out_.shape.height, out_.shape.width, layer_.kernel_h,
               layer_.kernel_w,  layer_.stride,   node_.pads.top,    node_.pads.left};
    const bool grouped = layer_.groups > 1;
    merges_ = merges_groups();
    groups_ = merges_ ? in_.padded_channels() / in_.format.block : layer_.groups;
    inputs_ = in_.format.block > 1 && (!grouped || merges_) ? in_.padded_channels() : in_.shape.channels;
    // oneDNN says which layout its fastest kernel writes; everything after follows it. On AVX2 it has fast
    // kernels only for whole groups of 8 channels: filters of zeros fill the last group up, in memory that a
    // blocked layout has anyway.
    const int rows = (context_.batch + context_.shards - 1) / context_.shards;
    filters_ = merges_ ? inputs_ : grouped ? layer_.filters : (layer_.filters + 7) / 8 * 8;
    out_.format = format_of(forward_descriptor(rows, output(rows, Tag::any)).dst_desc());
    // For inference oneDNN 2.6 would give depthwise kernels pixels outermost, which nothing after them reads.
    const bool alike = layer_.groups == in_.shape.channels && layer_.groups == layer_.filters;
    if ((alike || merges_) && in_.format.block > 1 && out_.format != in_.format) out_.format = in_.format;
    if (out_.format.block == 1 && !merges_) filters_ = layer_.filters;
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
    if (is_filled_up()) {
      if (staging_.count() == 0)
        staging_ = Buffer(static_cast<std::size_t>(filters_) * group_inputs() * taps());
      // Gradients have been there, also between groups.
      if (merges_) std::fill_n(staging_.data(), staging_.count(), 0.F);
      copy_weights([](float& parameter, float& padded) { padded = parameter; }, weight_.value);
    }
    if (bias_ && bias_values_.count() == 0) {
      bias_values_ = Buffer(static_cast<std::size_t>(filters_));
      no_bias_ = Buffer(static_cast<std::size_t>(filters_));
    }
    if (bias_) std::ranges::copy(bias_->value, bias_values_.data());
    const dnnl::memory plain = plain_view(weight_.value);
    // Kernels for other row counts ask for the same layouts; where they don't, they get a copy of their own.
    for (auto& [rows, k] : kernels_) {
      load(plain, k.forward.weights_desc(), forward_weights_);
      if (context_.training && needs_data_grad_) load(plain, k.data.weights_desc(), data_weights_);
    }
  }

  void forward(int, const Shard& shard) override {
    const Kernels& k = kernels_.at(shard.rows);
    factor_.convert(shard);
    Arguments arguments{
        {DNNL_ARG_SRC, view(context_, input(shard.rows), factor_.rows(shard))},
        {DNNL_ARG_WEIGHTS,
         view(context_, k.forward.weights_desc(), find(forward_weights_, k.forward.weights_desc()))},
        {DNNL_ARG_DST, view(context_, output(shard.rows, out_.format.tag), out_.numbers(shard.first).at)}};
    const Buffer& bias = context_.tangent ? no_bias_ : bias_values_;
    if (bias_) arguments.insert({DNNL_ARG_BIAS, view(context_, bias_desc(), bias.data())});
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
    const dnnl::memory wanted = view(context_, input_gradient(shard.rows), in_.grad_numbers(shard.first).at);
    const bool direct = k.data.diff_src_desc() == input_gradient(shard.rows);
    const dnnl::memory made =
        direct ? wanted : view(context_, k.data.diff_src_desc(), data_grads_[lane_index].data());
    execute(context_, shard, k.run_data, k.data.scratchpad_desc(),
            {{DNNL_ARG_DIFF_DST, dst},
             {DNNL_ARG_WEIGHTS,
              view(context_, k.data.weights_desc(), find(data_weights_, k.data.weights_desc()))},
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
    float* const sums = gradients_.sum_weights(context_);
    if (weight_grad_ == WeightGrad::FewInputs || weight_grad_ == WeightGrad::Depthwise) {
      std::copy_n(sums, weight_.grad.size(), weight_.grad.begin());
    } else {
      const OneDnnScope scope;
      reorder(context_, view(context_, gradients_.desc(), sums), plain_view(weight_.grad));
      if (is_filled_up())
        copy_weights([](float& parameter, float& padded) { parameter = padded; }, weight_.grad);
    }
    if (bias_) std::copy_n(gradients_.sum_biases(context_), bias_->grad.size(), bias_->grad.begin());
  }

 private:
  struct Kernels {
    dnnl::convolution_forward::primitive_desc forward;
    dnnl::convolution_backward_data::primitive_desc data;
    dnnl::convolution_backward_weights::primitive_desc weights;
    dnnl::primitive run_forward, run_data, run_weights;
  };
  struct Weights {
    Desc desc;
    Buffer buffer;
  };

  void run_weight_grad(const Kernels& k, const Shard& shard, const dnnl::memory& dst) {
    Arguments weights{{DNNL_ARG_SRC, view(context_, input(shard.rows), factor_.rows(shard))},
                      {DNNL_ARG_DIFF_DST, dst},
                      {DNNL_ARG_DIFF_WEIGHTS, view(context_, gradients_.desc(), gradients_.weights(shard))}};
    if (bias_) weights.insert({DNNL_ARG_DIFF_BIAS, view(context_, bias_desc(), gradients_.biases(shard))});
    execute(context_, shard, k.run_weights, k.weights.scratchpad_desc(), std::move(weights));
  }

  PlaneConv planes() const { return {window_, in_.shape.channels, layer_.filters}; }
  ConvWork work() const {
    return {node_, in_, out_, weight_.value.size(), context_.shards, bf16_, learns_, needs_data_grad_};
  }
  BlockedConv blocked() const { return {window_, inputs_, filters_}; }
  std::size_t group_inputs() const { return static_cast<std::size_t>(inputs_ / groups_); }
  std::size_t taps() const { return static_cast<std::size_t>(layer_.kernel_h) * layer_.kernel_w; }
  /// True where oneDNN sees more channels or filters than there are.
  bool is_filled_up() const { return merges_ || filters_ != layer_.filters || inputs_ != in_.shape.channels; }
  /// The parameter's numbers, or where it is filled up their copy with zeros between.
  dnnl::memory plain_view(std::vector<float>& parameter) const {
    return view(context_, plain_weights(), is_filled_up() ? staging_.data() : parameter.data());
  }
  /// Calls move(parameter's number, its place in staging_) for every weight.
  template <class Move>
  void copy_weights(Move move, std::vector<float>& parameter) {
    const auto inputs = static_cast<std::size_t>(in_.shape.channels / layer_.groups),
               block = static_cast<std::size_t>(in_.format.block);
    for (std::size_t o = 0; o < static_cast<std::size_t>(layer_.filters); ++o) {
      const std::size_t before = merges_ ? o % block / inputs * inputs : 0;  // inputs of other groups
      for (std::size_t i = 0; i < inputs * taps(); ++i)
        move(parameter[o * inputs * taps() + i], staging_.data()[(o * group_inputs() + before) * taps() + i]);
    }
  }
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
  Desc plain_weights() const {
    if (groups_ > 1)
      return {{groups_, filters_ / groups_, inputs_ / groups_, layer_.kernel_h, layer_.kernel_w},
              kFloat,
              Tag::goihw};
    return {{filters_, inputs_, layer_.kernel_h, layer_.kernel_w}, kFloat, Tag::oihw};
  }
  Desc any_weights() const { return {dims_of(plain_weights()), type(), Tag::any}; }
  Desc any_weight_gradient() const { return {dims_of(plain_weights()), kFloat, Tag::any}; }
  Desc bias_desc() const { return bias_ ? Desc({filters_}, kFloat, Tag::x) : Desc(); }
  dnnl::memory::dims strides() const { return {layer_.stride, layer_.stride}; }
  /// oneDNN counts what is left out between taps.
  dnnl::memory::dims dilates() const { return {layer_.dilation - 1, layer_.dilation - 1}; }
  dnnl::memory::dims pad_low() const { return {node_.pads.top, node_.pads.left}; }
  /// What oneDNN calls the lower right padding: it must fit the output size exactly, so rows that no window
  /// reaches are cut.
  dnnl::memory::dims pad_high() const {
    return {(out_.shape.height - 1) * layer_.stride + layer_.span_h() - in_.shape.height - node_.pads.top,
            (out_.shape.width - 1) * layer_.stride + layer_.span_w() - in_.shape.width - node_.pads.left};
  }

  dnnl::convolution_forward::primitive_desc forward_descriptor(int rows, const Desc& dst) const {
    dnnl::primitive_attr attr = user_scratch();
    if (relu_slope_ != 1) {
      dnnl::post_ops post;
      append_rectifier(post, static_cast<float>(relu_slope_));
      attr.set_post_ops(post);
    }
    const auto kind =
        context_.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    return describe<dnnl::convolution_forward>(context_.engine, attr, kind, kDirect, input(rows),
                                               any_weights(), bias_desc(), dst, strides(), dilates(),
                                               pad_low(), pad_high());
  }

  /// Which of the three computes the gradient of the weights.
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
      take_weight_gradients({dims_of(plain_weights()), kFloat, Tag::OIhw16i16o});
    } else if (weight_grad_ == WeightGrad::OneDnn) {
      prepare_weight_grad(k, rows);
    }
    prepare_data_grad(k, rows);
  }

  void prepare_weight_grad(Kernels& k, int rows) {
    const Desc diff_weights = gradients_.has_memory() ? gradients_.desc() : any_weight_gradient();
    k.weights = describe_backward<dnnl::convolution_backward_weights>(
        context_.engine, user_scratch(), k.forward, kDirect, input(rows), diff_weights, bias_desc(),
        output_gradient(rows), strides(), dilates(), pad_low(), pad_high());
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

  void take_weight_gradients(const Desc& desc) {
    if (!gradients_.has_memory())
      gradients_.take_memory(desc, static_cast<std::size_t>(filters_), context_.shards);
  }

  void prepare_data_grad(Kernels& k, int rows) {
    if (!needs_data_grad_) return;
    k.data = describe_backward<dnnl::convolution_backward_data>(
        context_.engine, user_scratch(), k.forward, kDirect, wanted_input_gradient(rows), any_weights(),
        output_gradient(rows), strides(), dilates(), pad_low(), pad_high());
    k.run_data = dnnl::convolution_backward_data(k.data);
    if (k.data.diff_src_desc() == input_gradient(rows)) return;
    data_grads_.resize(static_cast<std::size_t>(context_.shards));
    const std::size_t floats = k.data.diff_src_desc().get_size() / sizeof(float) + 1;
    for (Buffer& buffer : data_grads_)
      if (buffer.count() < floats) buffer = Buffer(floats);
  }

  void load(const dnnl::memory& plain, const Desc& desc, std::vector<Weights>& copies) {
    Weights* copy = nullptr;
    for (Weights& w : copies)
      if (w.desc == desc) copy = &w;
    if (!copy) copy = &copies.emplace_back(Weights{desc, Buffer(desc.get_size() / sizeof(float) + 1)});
    reorder(context_, plain, view(context_, desc, copy->buffer.data()));
  }
  static float* find(const std::vector<Weights>& copies, const Desc& desc) {
    for (const Weights& w : copies)
      if (w.desc == desc) return w.buffer.data();
    return nullptr;
  }

  const Node& node_;
  Conv2d layer_;
  EngineContext& context_;
  Blob &in_, &out_;
  Parameter& weight_;
  Parameter* bias_;
  bool needs_data_grad_, learns_;
  double relu_slope_;
  bool bf16_;      ///< multiplies in bfloat16
  Factor factor_;  ///< what it reads
  WeightGrad weight_grad_ = WeightGrad::OneDnn;
  SlidingWindow window_;
  int groups_ = 1, inputs_ = 0, filters_ = 0;  ///< as oneDNN sees them: filled up to whole blocks
  bool merges_ = false;                        ///< several groups to one
  Buffer staging_, bias_values_, no_bias_;
  std::vector<Buffer> data_grads_;  ///< per shard, where oneDNN's layout isn't the input's
  std::map<int, Kernels> kernels_;
  std::vector<Weights> forward_weights_, data_weights_;
  LaneGradients gradients_;
};

}  // namespace

std::unique_ptr<Step> make_conv(const StepInputs& inputs, double relu_slope) {
  // Planes, and blocks that aren't the processor's own, are left to oneDNN.
  if (inputs.kernel == ConvKernel::Winograd && inputs.in.format == usual_blocks())
    return make_winograd_conv(inputs, relu_slope);
  return std::make_unique<ConvStep>(inputs, relu_slope);
}

}  // namespace doppel::nn::engine
