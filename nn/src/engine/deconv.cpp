// ConvTranspose2d: a convolution's gradient used as a layer.
#include <algorithm>
#include <map>

#include "bf16_weight_grad.h"
#include "conv_work.h"
#include "kernels.h"
#include "onednn.h"

namespace doppel::nn::engine {
namespace {

constexpr auto kDirectDeconvolution = dnnl::algorithm::deconvolution_direct;

class DeconvStep final : public Step {
 public:
  explicit DeconvStep(const StepInputs& inputs)
      : node_(inputs.node),
        layer_(std::get<ConvTranspose2d>(inputs.node.layer)),
        context_(inputs.context),
        in_(inputs.in),
        out_(inputs.out),
        weight_(*inputs.model.find(node_.name, "weight")),
        bias_(inputs.model.find(node_.name, "bias")),
        needs_data_grad_(inputs.in_needs_grad),
        learns_(inputs.learns),
        bf16_(context_.bf16 && (in_.bf16 || out_.bf16 || (suits_bf16(node_) && in_.format.block == 16))),
        factor_(in_, bf16_, context_.batch) {
    const int rows = (context_.batch + context_.shards - 1) / context_.shards;
    // Of few filters oneDNN would make planes, for whose gradients it has only reference loops: filters of
    // zeros fill a block up, in memory that it has anyway.
    const int block = in_.format.block;
    filters_ = (layer_.filters + block - 1) / block * block;
    out_.format = block > 1 ? in_.format : format_of(forward_descriptor(rows, Tag::any).dst_desc());
    out_.allocate(context_.batch, context_.training);
  }

  void prepare(int rows) override {
    if (rows == 0 || kernels_.contains(rows)) return;
    Kernels k;
    k.forward = forward_descriptor(rows, out_.format.tag);
    k.run_forward = dnnl::deconvolution_forward(k.forward);
    std::size_t scratch = k.forward.scratchpad_desc().get_size();
    if (context_.training) {
      scratch = std::max(scratch, prepare_weight_grad(k, rows));
      if (needs_data_grad_) {
        k.data = describe_backward<dnnl::deconvolution_backward_data>(
            context_.engine, user_scratch(), k.forward, kDirectDeconvolution, in_.desc(rows), any_weights(),
            output_gradient(rows), strides(), pads(), pads());
        k.run_data = dnnl::deconvolution_backward_data(k.data);
        scratch = std::max(scratch, k.data.scratchpad_desc().get_size());
      }
    }
    context_.need_scratch(scratch);
    if (bf16_ && !out_.bf16 && context_.training)
      context_.need_bf16(out_.row_numbers() * static_cast<std::size_t>(rows));
    kernels_.emplace(rows, std::move(k));
    load_parameters();
  }

  void load_parameters() override {
    const OneDnnScope scope;
    if (staging_.count() == 0) staging_ = Buffer(plain_weights().get_size() / sizeof(float));
    copy_weights([](float& parameter, float& padded) { padded = parameter; }, weight_.value);
    const dnnl::memory plain = view(context_, plain_weights(), staging_.data());
    for (auto& [rows, k] : kernels_) {
      load(plain, k.forward.weights_desc(), k.forward_weights);
      if (context_.training && needs_data_grad_) load(plain, k.data.weights_desc(), k.data_weights);
    }
  }

  /// The bias is added afterwards: oneDNN 2.6 would do it in a loop that takes four times the rest.
  void forward(int, const Shard& shard) override {
    const Kernels& k = kernels_.at(shard.rows);
    factor_.convert(shard);
    const Numbers out = out_.numbers(shard.first);
    execute(context_, shard, k.run_forward, k.forward.scratchpad_desc(),
            {{DNNL_ARG_SRC, view(context_, input(shard.rows), factor_.rows(shard))},
             {DNNL_ARG_WEIGHTS, view(context_, k.forward.weights_desc(), k.forward_weights.data())},
             {DNNL_ARG_DST, view(context_, output(shard.rows, out_.format.tag), out.at)}});
    if (bias_ && !context_.tangent)
      add_bias(out_.layout(shard.rows), static_cast<int>(bias_->value.size()), bias_->value.data(), out);
  }

  void backward(int, const Shard& shard) override {
    const Kernels& k = kernels_.at(shard.rows);
    const auto index = static_cast<std::size_t>(shard.index);
    void* const gradient = bf16_ ? bf16_gradient(context_, shard, out_) : out_.grad_numbers(shard.first).at;
    const auto dst = view(context_, output_gradient(shard.rows), gradient);
    const bool learns = learns_ && context_.parameters;
    if (learns && own_weight_grad())
      bf16_weight_grad(turned(), shard.rows, static_cast<const std::uint16_t*>(gradient),
                       static_cast<const std::uint16_t*>(factor_.rows(shard)), gradients_.weights(shard),
                       context_.scratch[index]->data());
    else if (learns)
      execute(context_, shard, k.run_weights, k.weights.scratchpad_desc(),
              {{DNNL_ARG_SRC, view(context_, input(shard.rows), factor_.rows(shard))},
               {DNNL_ARG_DIFF_DST, dst},
               {DNNL_ARG_DIFF_WEIGHTS, view(context_, gradients_.desc(), gradients_.weights(shard))}});
    if (learns && bias_)
      bias_gradient(out_.layout(shard.rows), static_cast<int>(bias_->value.size()),
                    out_.grad_numbers(shard.first), gradients_.biases(shard));
    if (!needs_data_grad_) return;
    execute(context_, shard, k.run_data, k.data.scratchpad_desc(),
            {{DNNL_ARG_DIFF_DST, dst},
             {DNNL_ARG_WEIGHTS, view(context_, k.data.weights_desc(), k.data_weights.data())},
             {DNNL_ARG_DIFF_SRC, view(context_, in_.desc(shard.rows), in_.grad_numbers(shard.first).at)}});
  }

  std::vector<std::pair<std::string, std::string>> kernels() const override {
    if (kernels_.empty()) return {};
    const Kernels& k = kernels_.begin()->second;
    std::vector<std::pair<std::string, std::string>> named{{"forward", k.forward.impl_info_str()}};
    if (k.run_weights) named.emplace_back("weights", k.weights.impl_info_str());
    if (context_.training && own_weight_grad()) named.emplace_back("weights", "own");
    if (k.run_data) named.emplace_back("data", k.data.impl_info_str());
    return named;
  }
  bool is_piecewise() const override { return true; }
  Work forward_work(int rows) const override {
    Work all = work().forward(rows);
    if (bias_) all.bytes += 2 * out_.bytes(rows);
    return all;
  }
  Work backward_work(int rows) const override { return work().backward(rows); }
  Work parameter_work() const override { return work().parameters(); }
  Work load_work() const override { return work().load(context_.training); }
  int parameter_tasks() const override { return learns_ ? 1 : 0; }
  /// Adds up the shards in order, and brings the sum into the parameter's layout.
  void parameter_task(int) override {
    const OneDnnScope scope;
    reorder(context_, view(context_, gradients_.desc(), gradients_.sum_weights(context_)),
            view(context_, plain_weights(), staging_.data()));
    copy_weights([](float& parameter, float& padded) { parameter = padded; }, weight_.grad);
    if (bias_) std::copy_n(gradients_.sum_biases(context_), bias_->grad.size(), bias_->grad.begin());
  }

 private:
  struct Kernels {
    dnnl::deconvolution_forward::primitive_desc forward;
    dnnl::deconvolution_backward_data::primitive_desc data;
    dnnl::deconvolution_backward_weights::primitive_desc weights;
    dnnl::primitive run_forward, run_data, run_weights;
    Buffer forward_weights, data_weights;
  };

  ConvWork work() const {
    return {node_, in_, out_, weight_.value.size(), context_.shards, bf16_, learns_, needs_data_grad_};
  }
  bool own_weight_grad() const {
    return context_.weight_gradients != WeightGradients::OneDnn && bf16_ && in_.format.block == 16;
  }
  /// The convolution whose way back this is: what comes out here goes into it.
  BlockedConv turned() const {
    return {{out_.shape.height, out_.shape.width, in_.shape.height, in_.shape.width, layer_.kernel_h,
             layer_.kernel_w, layer_.stride, layer_.pad, layer_.pad},
            filters_,
            in_.padded_channels()};
  }
  /// Bytes of scratch memory that it needs.
  std::size_t prepare_weight_grad(Kernels& k, int rows) {
    if (own_weight_grad()) {
      take_gradients({weight_dims(), kFloat, Tag::IOhw16o16i});
      return bf16_weight_grad_scratch(turned());
    }
    const Desc grads = gradients_.has_memory() ? gradients_.desc() : any_weight_gradient();
    k.weights = describe_backward<dnnl::deconvolution_backward_weights>(
        context_.engine, user_scratch(), k.forward, kDirectDeconvolution, input(rows), grads,
        output_gradient(rows), strides(), pads(), pads());
    k.run_weights = dnnl::deconvolution_backward_weights(k.weights);
    take_gradients(k.weights.diff_weights_desc());
    return k.weights.scratchpad_desc().get_size();
  }

  void take_gradients(const Desc& desc) {
    if (!gradients_.has_memory())
      gradients_.take_memory(desc, static_cast<std::size_t>(layer_.filters), context_.shards);
  }
  void load(const dnnl::memory& plain, const Desc& desc, Buffer& copy) {
    if (copy.count() == 0) copy = Buffer(desc.get_size() / sizeof(float) + 1);
    reorder(context_, plain, view(context_, desc, copy.data()));
  }
  dnnl::memory::dims weight_dims() const {
    return {filters_, in_.shape.channels, layer_.kernel_h, layer_.kernel_w};
  }
  /// What is multiplied.
  dnnl::memory::data_type type() const { return bf16_ ? kBf16 : kFloat; }
  Desc input(int rows) const {
    return {{rows, in_.shape.channels, in_.shape.height, in_.shape.width}, type(), in_.format.tag};
  }
  dnnl::memory::dims output_dims(int rows) const {
    return {rows, filters_, out_.shape.height, out_.shape.width};
  }
  Desc output(int rows, Tag tag) const { return {output_dims(rows), out_.bf16 ? kBf16 : kFloat, tag}; }
  Desc output_gradient(int rows) const { return {output_dims(rows), type(), out_.format.tag}; }
  /// Calls move(parameter's number, its place in staging_) for every weight.
  template <class Move>
  void copy_weights(Move move, std::vector<float>& parameter) {
    const std::size_t taps = static_cast<std::size_t>(layer_.kernel_h) *
                             static_cast<std::size_t>(layer_.kernel_w),
                      own = static_cast<std::size_t>(layer_.filters) * taps,
                      padded = static_cast<std::size_t>(filters_) * taps;
    for (std::size_t c = 0; c < static_cast<std::size_t>(in_.shape.channels); ++c)
      for (std::size_t i = 0; i < own; ++i) move(parameter[c * own + i], staging_.data()[c * padded + i]);
  }
  /// PyTorch's order: inputs outermost.
  Desc plain_weights() const { return {weight_dims(), kFloat, Tag::iohw}; }
  Desc any_weights() const { return {weight_dims(), type(), Tag::any}; }
  Desc any_weight_gradient() const { return {weight_dims(), kFloat, Tag::any}; }
  dnnl::memory::dims strides() const { return {layer_.stride, layer_.stride}; }
  dnnl::memory::dims pads() const { return {layer_.pad, layer_.pad}; }
  dnnl::deconvolution_forward::primitive_desc forward_descriptor(int rows, Tag tag) const {
    const auto kind =
        context_.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    return describe<dnnl::deconvolution_forward>(context_.engine, user_scratch(), kind, kDirectDeconvolution,
                                                 input(rows), any_weights(), output(rows, tag), strides(),
                                                 pads(), pads());
  }

  const Node& node_;
  ConvTranspose2d layer_;
  EngineContext& context_;
  Blob &in_, &out_;
  Parameter& weight_;
  Parameter* bias_;
  bool needs_data_grad_, learns_;
  bool bf16_;        ///< multiplies in bfloat16
  Factor factor_;    ///< what it reads
  int filters_ = 0;  ///< as oneDNN sees them
  Buffer staging_;
  std::map<int, Kernels> kernels_;
  LaneGradients gradients_;
};

}  // namespace

std::unique_ptr<Step> make_deconv(const StepInputs& inputs) {
  if (inputs.kernel == ConvKernel::Winograd && inputs.in.format == usual_blocks())
    return make_winograd_conv(inputs, 1);
  if (inputs.kernel == ConvKernel::Tiles && inputs.in.format.block == 16) return make_tile_conv(inputs, 1);
  return std::make_unique<DeconvStep>(inputs);
}

}  // namespace doppel::nn::engine
