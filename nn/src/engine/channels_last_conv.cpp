// A convolution that multiplies bfloat16 with the channels of a pixel side by side, as oneDNN's kernels for
// tiles (AMX) want them: a few rows at a time, so that the turned values stay in the second cache.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "channels_last.h"
#include "conv_parameters.h"
#include "conv_work.h"
#include "kernels.h"
#include "parts.h"

namespace doppel::nn::engine {
namespace {

constexpr auto kAsDefined = dnnl::algorithm::convolution_direct;
constexpr std::size_t kTurnedBytes = std::size_t{512} << 10;  ///< of values that are worked on at once
/// Outputs whose weight gradients are worked out at once: adding up those of several runs is a walk over all
/// weights for each, which costs most where they don't stay in the cache.
constexpr std::size_t kCachedWeights = std::size_t{1} << 18;  ///< bytes
constexpr int kFewestPixels = 512, kFewestPixelsOfMany = 4096;

/// What is worked on at once: rows of the batch, or output pixels of one.
struct Run {
  int row, rows, pixel, pixels;

  /// How many pixels of this run come before those of a part of it.
  std::size_t before(const Run& part) const {
    return static_cast<std::size_t>(part.row - row) * static_cast<std::size_t>(pixels) +
           static_cast<std::size_t>(part.pixel - pixel);
  }
};

/// The rows and pixels of a run that a kernel of oneDNN's was made for.
using RunSize = std::pair<int, int>;
RunSize size_of(const Run& run) { return {run.rows, run.pixels}; }

template <class Primitive>
struct RunKernel {
  typename Primitive::primitive_desc desc;
  Primitive run;
  explicit RunKernel(typename Primitive::primitive_desc d) : desc(std::move(d)), run(desc) {}
};
template <class Primitive>
using RunKernels = std::map<RunSize, RunKernel<Primitive>>;

std::size_t whole_lines(std::size_t bytes) {
  constexpr std::size_t kLine = 64;
  return (bytes + kLine - 1) / kLine * kLine;
}

class ChannelsLastStep final : public Step {
 public:
  ChannelsLastStep(const StepInputs& inputs, double relu_slope)
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
        learns_(inputs.learns && context_.training),
        relu_slope_(relu_slope) {
    parameters_.fill_up(in_.padded_channels(), whole_blocks(layer_.filters), 1);
    out_.format = in_.format;
    out_.allocate(context_.batch, context_.training);
    const Pads& pads = node_.pads;
    pointwise_ = layer_.kernel_h == 1 && layer_.kernel_w == 1 && layer_.stride == 1 &&
                 std::max({pads.top, pads.left, pads.bottom, pads.right}) == 0;
    const std::size_t row = sizeof(std::uint16_t) * (in_.row_numbers() + out_.row_numbers());
    at_once_ = std::max(1, static_cast<int>(kTurnedBytes * static_cast<std::size_t>(plane()) / row));
    const bool cached = parameters_.weight_desc().get_size() <= kCachedWeights;
    grads_at_once_ = learns_ ? std::max(at_once_, cached ? kFewestPixels : kFewestPixelsOfMany) : at_once_;
  }

  void prepare(int rows) override {
    if (rows == 0) return;
    in_runs(whole(rows), at_once_, [&](const Run& run) { prepare_forward(run); });
    if (context_.training)
      in_runs(whole(rows), grads_at_once_, [&](const Run& run) { prepare_backward(run); });
    context_.need_scratch(scratchpad_ + turned_bytes(in_, rows) + turned_bytes(out_, rows) +
                          (gradients_.has_memory() ? gradients_.desc().get_size() : 0));
    load_parameters();
  }

  void load_parameters() override {
    if (forwards_.empty()) return;
    const OneDnnScope scope;
    // By way of blocks of pairs oneDNN is three times as fast as from planes.
    const dnnl::memory::desc pairs(dims_of(parameters_.weight_desc()), kBf16,
                                   dnnl::memory::format_tag::OIhw8i16o2i);
    if (pairs_.count() == 0) pairs_ = Buffer(pairs.get_size() / sizeof(float));
    const dnnl::memory weights = view(context_, pairs, pairs_.data());
    reorder(context_, parameters_.load(context_), weights);
    for (const auto& [size, k] : forwards_) forward_weights_.load(context_, weights, k.desc.weights_desc());
    for (const auto& [size, k] : datas_) data_weights_.load(context_, weights, k.desc.weights_desc());
  }

  void forward(int, const Shard& shard) override {
    const Turned turned = turned_memory(shard);
    in_runs(whole(shard), at_once_, [&](const Run& run) {
      to_channels_last(strip(in_, run), in_.numbers(run.row), turned.in);
      const auto& kernel = forwards_.at(size_of(run));
      Arguments arguments{{DNNL_ARG_SRC, view(context_, desc(in_, run, kBf16), turned.in)},
                          {DNNL_ARG_WEIGHTS, forward_weights_.find(context_, kernel.desc.weights_desc())},
                          {DNNL_ARG_DST, view(context_, desc(out_, run, kept_type(out_)), turned.out)}};
      if (bias_)
        arguments.insert(
            {DNNL_ARG_BIAS, view(context_, parameters_.bias_desc(), parameters_.bias(context_))});
      execute(context_, shard, kernel.run, kernel.desc.scratchpad_desc(), std::move(arguments));
      from_channels_last(strip(out_, run), {turned.out, out_.bf16}, out_.numbers(run.row));
    });
  }

  void backward(int, const Shard& shard) override {
    const bool learns = learns_ && context_.parameters,
               goes_on = needs_data_grad_ && (!in_.images || context_.images);
    if (!learns && !goes_on) return;
    const Turned turned = turned_memory(shard);
    Sums sums = Sums::Begin;
    in_runs(whole(shard), grads_at_once_, [&](const Run& run) {
      to_channels_last(strip(out_, run), out_.grad_numbers(run.row), turned.out);
      if (learns) weight_grad(shard, run, turned, std::exchange(sums, Sums::GoOn));
      if (goes_on) data_grad(shard, run, turned);
    });
    if (learns && bias_)
      bias_gradient(out_.layout(shard.rows), layer_.filters, out_.grad_numbers(shard.first),
                    gradients_.biases(shard));
  }

  std::vector<std::pair<std::string, std::string>> kernels() const override {
    std::vector<std::pair<std::string, std::string>> named;
    const auto name = [&](const char* pass, const auto& kernels) {
      if (!kernels.empty()) named.emplace_back(pass, kernels.begin()->second.desc.impl_info_str());
    };
    name("forward", forwards_);
    name("weights", weights_);
    name("data", datas_);
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
    parameters_.take_bias_gradient(context_, gradients_);
  }

 private:
  /// The shard's memory for turned values, and for the weight gradients of a run.
  struct Turned {
    std::uint16_t *in, *out;  ///< floats where values are kept as floats and oneDNN writes them
    float* weights;
  };
  enum class Sums { Begin, GoOn };

  static dnnl::memory::data_type kept_type(const Blob& blob) { return blob.bf16 ? kBf16 : kFloat; }
  /// Output pixels of a row.
  int plane() const { return out_.shape.height * out_.shape.width; }
  Run whole(int rows) const { return {0, rows, 0, plane()}; }
  Run whole(const Shard& shard) const { return {shard.first, shard.rows, 0, plane()}; }
  /// Calls visit for parts of some `most` output pixels. A row's pixels come apart only where each output
  /// reads one of them.
  template <class Visit>
  void in_runs(const Run& all, int most, Visit visit) const {
    if (pointwise_ && all.pixels > most)
      for (int row = all.row; row < all.row + all.rows; ++row)
        in_parts(all.pixels, most,
                 [&](int first, int count) { visit(Run{row, 1, all.pixel + first, count}); });
    else
      in_parts(all.rows, std::max(1, most / all.pixels),
               [&](int first, int count) { visit(Run{all.row + first, count, all.pixel, all.pixels}); });
  }
  Strip strip(const Blob& blob, const Run& run) const {
    const ChannelLayout layout = blob.layout(run.rows);
    return pointwise_ ? Strip{layout, run.pixel, run.pixels} : Strip{layout, 0, layout.pixels};
  }
  dnnl::memory::desc desc(const Blob& blob, const Run& run, dnnl::memory::data_type type) const {
    const int height = pointwise_ ? 1 : blob.shape.height, width = pointwise_ ? run.pixels : blob.shape.width;
    return {{run.rows, blob.padded_channels(), height, width}, type, dnnl::memory::format_tag::nhwc};
  }
  /// Of the longest run of a shard of so many rows.
  std::size_t turned_bytes(const Blob& blob, int rows) const {
    std::size_t numbers = 0;
    in_runs(whole(rows), grads_at_once_, [&](const Run& run) {
      const Strip turned = strip(blob, run);
      numbers =
          std::max(numbers, static_cast<std::size_t>(run.rows) * static_cast<std::size_t>(turned.count) *
                                static_cast<std::size_t>(blob.padded_channels()));
    });
    return whole_lines(numbers * (blob.bf16 ? sizeof(std::uint16_t) : sizeof(float)));
  }
  Turned turned_memory(const Shard& shard) const {
    auto* const in =
        reinterpret_cast<unsigned char*>(context_.scratch[static_cast<std::size_t>(shard.index)]->data()) +
        scratchpad_;
    auto* const out = in + turned_bytes(in_, shard.rows);
    return {reinterpret_cast<std::uint16_t*>(in), reinterpret_cast<std::uint16_t*>(out),
            reinterpret_cast<float*>(out + turned_bytes(out_, shard.rows))};
  }
  ConvWork work() const {
    return {node_, in_, out_, weight_.value.size(), context_.shards, true, learns_, needs_data_grad_};
  }

  template <class Primitive>
  void keep(RunKernels<Primitive>& kernels, const Run& run, typename Primitive::primitive_desc desc) {
    scratchpad_ = std::max(scratchpad_, whole_lines(desc.scratchpad_desc().get_size()));
    kernels.emplace(size_of(run), RunKernel<Primitive>(std::move(desc)));
  }

  dnnl::convolution_forward::primitive_desc forward_descriptor(const Run& run) const {
    dnnl::primitive_attr attr = user_scratch();
    if (relu_slope_ != 1) {
      dnnl::post_ops post;
      append_rectifier(post, static_cast<float>(relu_slope_));
      attr.set_post_ops(post);
    }
    const auto kind =
        context_.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    return describe<dnnl::convolution_forward>(context_.engine, attr, kind, kAsDefined, desc(in_, run, kBf16),
                                               parameters_.any_weights(kBf16), parameters_.bias_desc(),
                                               desc(out_, run, kept_type(out_)), geometry_.strides,
                                               geometry_.dilates, geometry_.low, geometry_.high);
  }

  void prepare_forward(const Run& run) {
    if (!forwards_.contains(size_of(run))) keep(forwards_, run, forward_descriptor(run));
  }

  void prepare_backward(const Run& run) {
    if (learns_) prepare_weight_grad(run);
    if (needs_data_grad_) in_runs(run, at_once_, [&](const Run& part) { prepare_data_grad(part); });
  }

  void prepare_weight_grad(const Run& run) {
    if (weights_.contains(size_of(run))) return;
    const auto wanted = gradients_.has_memory() ? gradients_.desc() : parameters_.any_weights(kFloat);
    keep(weights_, run,
         describe_backward<dnnl::convolution_backward_weights>(
             context_.engine, user_scratch(), forward_descriptor(run), kAsDefined, desc(in_, run, kBf16),
             wanted, dnnl::memory::desc(), desc(out_, run, kBf16), geometry_.strides, geometry_.dilates,
             geometry_.low, geometry_.high));
    if (!gradients_.has_memory())
      gradients_.take_memory(weights_.at(size_of(run)).desc.diff_weights_desc(),
                             static_cast<std::size_t>(layer_.filters), context_.shards);
  }

  void prepare_data_grad(const Run& run) {
    if (datas_.contains(size_of(run))) return;
    keep(datas_, run,
         describe_backward<dnnl::convolution_backward_data>(
             context_.engine, user_scratch(), forward_descriptor(run), kAsDefined,
             desc(in_, run, kept_type(in_)), parameters_.any_weights(kBf16), desc(out_, run, kBf16),
             geometry_.strides, geometry_.dilates, geometry_.low, geometry_.high));
  }

  /// Of a run whose gradients are turned.
  void weight_grad(const Shard& shard, const Run& run, const Turned& turned, Sums sums) {
    to_channels_last(strip(in_, run), in_.numbers(run.row), turned.in);
    float* const all = gradients_.weights(shard);
    float* const made = sums == Sums::Begin ? all : turned.weights;
    const auto& kernel = weights_.at(size_of(run));
    execute(context_, shard, kernel.run, kernel.desc.scratchpad_desc(),
            {{DNNL_ARG_SRC, view(context_, desc(in_, run, kBf16), turned.in)},
             {DNNL_ARG_DIFF_DST, view(context_, desc(out_, run, kBf16), turned.out)},
             {DNNL_ARG_DIFF_WEIGHTS, view(context_, gradients_.desc(), made)}});
    if (made != all) add_to(all, made, gradients_.desc().get_size() / sizeof(float));
  }

  void data_grad(const Shard& shard, const Run& run, const Turned& turned) {
    in_runs(run, at_once_, [&](const Run& part) {
      const auto& kernel = datas_.at(size_of(part));
      std::uint16_t* const gradient =
          turned.out + run.before(part) * static_cast<std::size_t>(out_.padded_channels());
      execute(context_, shard, kernel.run, kernel.desc.scratchpad_desc(),
              {{DNNL_ARG_DIFF_DST, view(context_, desc(out_, part, kBf16), gradient)},
               {DNNL_ARG_WEIGHTS, data_weights_.find(context_, kernel.desc.weights_desc())},
               {DNNL_ARG_DIFF_SRC, view(context_, desc(in_, part, kept_type(in_)), turned.in)}});
      from_channels_last(strip(in_, part), {turned.in, in_.bf16}, in_.grad_numbers(part.row));
    });
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
  bool pointwise_ = false;               ///< each output reads one pixel
  int at_once_ = 1, grads_at_once_ = 1;  ///< output pixels, as far as rows don't come apart
  std::size_t scratchpad_ = 0;           ///< bytes that oneDNN works in, at the beginning of a shard's memory
  RunKernels<dnnl::convolution_forward> forwards_;
  RunKernels<dnnl::convolution_backward_data> datas_;
  RunKernels<dnnl::convolution_backward_weights> weights_;
  Buffer pairs_;  ///< the weights on their way to the kernels' layouts
  WeightCopies forward_weights_, data_weights_;
  LaneGradients gradients_;
};

}  // namespace

std::unique_ptr<Step> make_channels_last_conv(const StepInputs& inputs, double relu_slope) {
  return std::make_unique<ChannelsLastStep>(inputs, relu_slope);
}

}  // namespace doppel::nn::engine
