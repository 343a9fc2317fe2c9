// Activations, flatten and softmax.
#include <stdexcept>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "curves.h"
#include "onednn.h"

namespace doppel::nn::engine {
namespace {

struct Eltwise {
  dnnl::algorithm forward, backward;
  float alpha;
  float beta = 0;
  bool from_output = true;  ///< the gradient is computed from the output, so that the input need not be kept
};

struct EltwiseOf {
  Eltwise operator()(const LeakyReLU& l) const {
    return {dnnl::algorithm::eltwise_relu, dnnl::algorithm::eltwise_relu_use_dst_for_bwd,
            static_cast<float>(l.slope)};
  }
  Eltwise operator()(const Tanh&) const {
    return {dnnl::algorithm::eltwise_tanh, dnnl::algorithm::eltwise_tanh_use_dst_for_bwd, 0};
  }
  Eltwise operator()(const GELU&) const {
    return {dnnl::algorithm::eltwise_gelu_erf, dnnl::algorithm::eltwise_gelu_erf, 0, 0, false};
  }
  Eltwise operator()(const ReLU&) const {
    return {dnnl::algorithm::eltwise_relu, dnnl::algorithm::eltwise_relu_use_dst_for_bwd, 0};
  }
  /// Others are curves of our own, or no activations.
  template <class L>
    requires(AnyOf<L, ReLU6, Sigmoid, SiLU, HardSwish, HardSigmoid> || !Activation<L>)
  Eltwise operator()(const L&) const {
    throw std::logic_error(std::string(L::name) + " is no activation of oneDNN's");
  }
};

class ActivationStep final : public Step {
 public:
  ActivationStep(const StepInputs& inputs, bool forward_done, bool in_place)
      : kind_(std::visit(EltwiseOf{}, inputs.node.layer)),
        context_(inputs.context),
        in_(inputs.in),
        out_(inputs.out),
        forward_done_(forward_done),
        needs_data_grad_(inputs.in_needs_grad) {
    out_.format = in_.format;
    if (in_place && kind_.from_output) {
      out_.data = in_.data;
      out_.grad = in_.grad;
    } else {
      out_.allocate(context_.batch, context_.training);
    }
    if (context_.keeps_pieces) pieces_.resize(static_cast<std::size_t>(context_.batch) * out_.row_numbers());
  }

  void prepare(int rows) override {
    if (rows == 0 || kernels_.contains(rows)) return;
    Kernels k;
    const auto prop =
        context_.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    // Forward names the algorithm by what backward will read.
    k.forward = describe_eltwise(context_.engine, user_scratch(), prop,
                                 context_.training ? kind_.backward : kind_.forward, out_.desc(rows),
                                 kind_.alpha, kind_.beta);
    k.run_forward = dnnl::eltwise_forward(k.forward);
    if (context_.training) {
      k.backward = describe_eltwise_backward(context_.engine, user_scratch(), k.forward, kind_.backward,
                                             out_.desc(rows), kind_.alpha, kind_.beta);
      k.run_backward = dnnl::eltwise_backward(k.backward);
    }
    kernels_.emplace(rows, std::move(k));
  }

  /// Rectifiers only; their pieces are those of a value's sign.
  bool is_piecewise() const override {
    return !forward_done_ && kind_.backward == dnnl::algorithm::eltwise_relu_use_dst_for_bwd;
  }
  void keep_pieces(const Shard& shard) override {
    positive(out_.numbers(shard.first), count(shard), pieces(shard));
  }

  Work forward_work(int rows) const override { return forward_done_ ? Work{} : Step::forward_work(rows); }
  Work backward_work(int rows) const override {
    Work work = Step::backward_work(rows);
    if (needs_data_grad_) work.bytes += out_.bytes(rows);
    return work;
  }

  void forward(int, const Shard& shard) override {
    if (forward_done_) return;
    if (context_.tangent)
      return scale_by_piece(in_.numbers(shard.first), pieces(shard), kind_.alpha, count(shard),
                            out_.numbers(shard.first));
    const Kernels& k = kernels_.at(shard.rows);
    execute(context_, shard, k.run_forward, k.forward.scratchpad_desc(),
            {{DNNL_ARG_SRC, view(context_, in_.desc(shard.rows), in_.numbers(shard.first).at)},
             {DNNL_ARG_DST, view(context_, out_.desc(shard.rows), out_.numbers(shard.first).at)}});
  }

  void backward(int, const Shard& shard) override {
    if (!needs_data_grad_) return;
    if (context_.tangent)
      return scale_by_piece(out_.grad_numbers(shard.first), pieces(shard), kind_.alpha, count(shard),
                            in_.grad_numbers(shard.first));
    const Kernels& k = kernels_.at(shard.rows);
    execute(context_, shard, k.run_backward, k.backward.scratchpad_desc(),
            {{kind_.from_output ? DNNL_ARG_DST : DNNL_ARG_SRC,
              kind_.from_output ? view(context_, out_.desc(shard.rows), out_.numbers(shard.first).at)
                                : view(context_, in_.desc(shard.rows), in_.numbers(shard.first).at)},
             {DNNL_ARG_DIFF_DST, view(context_, out_.desc(shard.rows), out_.grad_numbers(shard.first).at)},
             {DNNL_ARG_DIFF_SRC, view(context_, in_.desc(shard.rows), in_.grad_numbers(shard.first).at)}});
  }

  std::vector<std::pair<std::string, std::string>> kernels() const override {
    if (kernels_.empty()) return {};
    const Kernels& k = kernels_.begin()->second;
    std::vector<std::pair<std::string, std::string>> named{{"forward", k.forward.impl_info_str()}};
    if (k.run_backward) named.emplace_back("data", k.backward.impl_info_str());
    return named;
  }

 private:
  struct Kernels {
    dnnl::eltwise_forward::primitive_desc forward;
    dnnl::eltwise_backward::primitive_desc backward;
    dnnl::primitive run_forward, run_backward;
  };
  std::size_t count(const Shard& shard) const {
    return out_.row_numbers() * static_cast<std::size_t>(shard.rows);
  }
  std::uint8_t* pieces(const Shard& shard) {
    return pieces_.data() + out_.row_numbers() * static_cast<std::size_t>(shard.first);
  }

  Eltwise kind_;
  EngineContext& context_;
  Blob &in_, &out_;
  bool forward_done_, needs_data_grad_;
  std::vector<std::uint8_t> pieces_;  ///< 1 where the value was positive
  std::map<int, Kernels> kernels_;
};

/// One of those that loops of ours compute.
class CurveStep final : public Step {
 public:
  explicit CurveStep(const StepInputs& inputs)
      : curve_(curve_of(inputs.node.layer).value()),
        in_(inputs.in),
        out_(inputs.out),
        needs_data_grad_(inputs.in_needs_grad) {
    out_.format = in_.format;
    out_.allocate(inputs.context.batch, inputs.context.training);
  }
  void forward(int, const Shard& shard) override {
    curve_values(curve_, in_.numbers(shard.first), count(shard), out_.numbers(shard.first));
    const bool moves = curve_ == Curve::HardSigmoid || curve_ == Curve::Sigmoid;
    if (moves && out_.padded_channels() != out_.shape.channels) clear_padding(shard);
  }
  Work backward_work(int rows) const override {
    return needs_data_grad_ ? Work{.bytes = 2 * in_.bytes(rows) + out_.bytes(rows)} : Work{};
  }
  void backward(int, const Shard& shard) override {
    if (needs_data_grad_)
      curve_gradients(curve_, in_.numbers(shard.first), out_.grad_numbers(shard.first), count(shard),
                      in_.grad_numbers(shard.first));
  }

 private:
  std::size_t count(const Shard& shard) const {
    return out_.row_numbers() * static_cast<std::size_t>(shard.rows);
  }
  /// Channels that fill up a block are 0, which f(0) isn't.
  void clear_padding(const Shard& shard) const {
    const auto block = static_cast<std::size_t>(out_.format.block),
               size = out_.bf16 ? std::size_t{2} : sizeof(float);
    const std::size_t real = static_cast<std::size_t>(out_.shape.channels) % block,
                      group = static_cast<std::size_t>(out_.shape.height) *
                              static_cast<std::size_t>(out_.shape.width) * block;
    for (int r = shard.first; r < shard.first + shard.rows; ++r) {
      auto* const row = static_cast<unsigned char*>(out_.numbers(r).at);
      for (std::size_t at = out_.row_numbers() - group; at < out_.row_numbers(); at += block)
        std::memset(row + (at + real) * size, 0, (block - real) * size);
    }
  }
  Curve curve_;
  Blob &in_, &out_;
  bool needs_data_grad_;
};

/// Between an image in blocks and a vector, channel by channel, in either direction. Free where the image
/// lies in planes.
class FlattenStep final : public Step {
 public:
  explicit FlattenStep(const StepInputs& inputs)
      : context_(inputs.context), in_(inputs.in), out_(inputs.out), needs_data_grad_(inputs.in_needs_grad) {
    // What convolutions read, where whole blocks are filled. Of other blocks than the processor's oneDNN has
    // only reference loops.
    if (const Format blocks = usual_blocks(); !out_.shape.flat && out_.shape.channels % blocks.block == 0)
      out_.format = blocks;
    const Blob& image = in_.shape.flat ? out_ : in_;
    free_ = image.format == kPlain ||
            (image.shape.height * image.shape.width == 1 && image.padded_channels() == image.shape.channels);
    if (free_) {
      out_.data = in_.data;
      out_.grad = in_.grad;
      if (context_.training && !out_.grad) out_.allocate_grad();
    } else {
      out_.allocate(context_.batch, context_.training);
    }
  }
  bool is_piecewise() const override { return true; }
  Work forward_work(int rows) const override { return free_ ? Work{} : Step::forward_work(rows); }
  Work backward_work(int rows) const override { return free_ ? Work{} : Step::backward_work(rows); }
  void forward(int, const Shard& shard) override {
    if (!free_)
      reorder(context_, rows(in_, shard, in_.row(shard.first)), rows(out_, shard, out_.row(shard.first)));
  }
  void backward(int, const Shard& shard) override {
    if (!free_ && needs_data_grad_)
      reorder(context_, rows(out_, shard, out_.grad_row(shard.first)),
              rows(in_, shard, in_.grad_row(shard.first)));
  }

 private:
  /// A value's rows as images, whatever they are.
  dnnl::memory rows(const Blob& blob, const Shard& shard, float* data) const {
    const Blob as_image{in_.shape.flat ? out_.shape : in_.shape, blob.format, false, nullptr, nullptr};
    return view(context_, as_image.desc(shard.rows), data);
  }
  EngineContext& context_;
  Blob &in_, &out_;
  bool needs_data_grad_, free_ = false;
};

/// Which values are dropped is a function of (seed, step, row of the batch, place), whatever the shards.
class SoftmaxStep final : public Step {
 public:
  explicit SoftmaxStep(const StepInputs& inputs)
      : context_(inputs.context), in_(inputs.in), out_(inputs.out), needs_data_grad_(inputs.in_needs_grad) {
    out_.format = kPlain;
    out_.allocate(context_.batch, context_.training);
  }
  void forward(int, const Shard& shard) override {
    const int n = in_.shape.channels;
    for (int r = shard.first; r < shard.first + shard.rows; ++r) {
      const float *x = in_.row(r), top = *std::max_element(x, x + n);
      float* y = out_.row(r);
      double sum = 0;
      for (int i = 0; i < n; ++i) sum += static_cast<double>(y[i] = std::exp(x[i] - top));
      for (int i = 0; i < n; ++i) y[i] = static_cast<float>(static_cast<double>(y[i]) / sum);
    }
  }
  Work backward_work(int rows) const override {
    Work work = Step::backward_work(rows);
    if (needs_data_grad_) work.bytes += out_.bytes(rows);
    return work;
  }
  void backward(int, const Shard& shard) override {
    if (!needs_data_grad_) return;
    const int n = in_.shape.channels;
    for (int r = shard.first; r < shard.first + shard.rows; ++r) {
      const float *y = out_.row(r), *dy = out_.grad_row(r);
      float* dx = in_.grad_row(r);
      float dot = 0;
      for (int i = 0; i < n; ++i) dot += y[i] * dy[i];
      for (int i = 0; i < n; ++i) dx[i] = y[i] * (dy[i] - dot);
    }
  }

 private:
  EngineContext& context_;
  Blob &in_, &out_;
  bool needs_data_grad_;
};

}  // namespace

std::unique_ptr<Step> make_activation(const StepInputs& inputs, bool forward_done, bool in_place) {
  return std::make_unique<ActivationStep>(inputs, forward_done, in_place);
}
std::unique_ptr<Step> make_curve(const StepInputs& inputs) { return std::make_unique<CurveStep>(inputs); }
std::unique_ptr<Step> make_flatten(const StepInputs& inputs) { return std::make_unique<FlattenStep>(inputs); }
std::unique_ptr<Step> make_softmax(const StepInputs& inputs) { return std::make_unique<SoftmaxStep>(inputs); }

}  // namespace doppel::nn::engine
