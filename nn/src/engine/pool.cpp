#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>

#include "kernels.h"
#include "onednn.h"

namespace doppel::nn::engine {
namespace {

struct Window {
  dnnl::algorithm algorithm;
  int kernel_h, kernel_w, stride;
};

struct WindowOf {
  Window operator()(const MaxPool2d& l) const {
    return {dnnl::algorithm::pooling_max, l.kernel_h, l.kernel_w, l.stride};
  }
  Window operator()(const AvgPool2d& l) const {
    return {l.padded ? dnnl::algorithm::pooling_avg_include_padding
                     : dnnl::algorithm::pooling_avg_exclude_padding,
            l.kernel_h, l.kernel_w, l.stride};
  }
  template <class L>
    requires(!AnyOf<L, MaxPool2d, AvgPool2d>)
  Window operator()(const L&) const {
    throw std::logic_error(std::string(L::name) + " has no window that slides");
  }
};

class PoolStep final : public Step {
 public:
  explicit PoolStep(const StepInputs& inputs)
      : node_(inputs.node),
        window_(std::visit(WindowOf{}, inputs.node.layer)),
        context_(inputs.context),
        in_(inputs.in),
        out_(inputs.out),
        needs_data_grad_(inputs.in_needs_grad),
        workspaces_(static_cast<std::size_t>(inputs.context.shards)) {
    out_.format = in_.format;
    out_.allocate(context_.batch, context_.training);
  }

  void prepare(int rows) override {
    if (rows == 0 || kernels_.contains(rows)) return;
    Kernels k;
    const auto kind =
        context_.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    const PoolGeometry geometry{
        .strides = {window_.stride, window_.stride},
        .kernel = {window_.kernel_h, window_.kernel_w},
        .low = {node_.pads.top, node_.pads.left},
        .high = {
            (out_.shape.height - 1) * window_.stride + window_.kernel_h - in_.shape.height - node_.pads.top,
            (out_.shape.width - 1) * window_.stride + window_.kernel_w - in_.shape.width - node_.pads.left}};
    k.forward = describe_pooling(context_.engine, user_scratch(), kind, window_.algorithm, in_.desc(rows),
                                 out_.desc(rows), geometry);
    k.run_forward = dnnl::pooling_forward(k.forward);
    std::size_t scratch = k.forward.scratchpad_desc().get_size();
    if (context_.training) {
      k.backward = describe_pooling_backward(context_.engine, user_scratch(), k.forward, window_.algorithm,
                                             in_.desc(rows), out_.desc(rows), geometry);
      k.run_backward = dnnl::pooling_backward(k.backward);
      scratch = std::max(scratch, k.backward.scratchpad_desc().get_size());
      const std::size_t floats = k.forward.workspace_desc().get_size() / sizeof(float) + 16;
      for (Buffer& workspace : workspaces_)
        if (workspace.count() < floats) workspace = Buffer(floats);
    }
    context_.need_scratch(scratch);
    kernels_.emplace(rows, std::move(k));
  }

  bool is_piecewise() const override { return window_.algorithm != dnnl::algorithm::pooling_max; }
  void forward(int, const Shard& shard) override {
    const Kernels& k = kernels_.at(shard.rows);
    Arguments arguments{{DNNL_ARG_SRC, view(context_, in_.desc(shard.rows), in_.row(shard.first))},
                        {DNNL_ARG_DST, view(context_, out_.desc(shard.rows), out_.row(shard.first))}};
    if (context_.training && k.forward.workspace_desc().get_size() > 0)
      arguments.insert({DNNL_ARG_WORKSPACE, workspace(k, shard)});
    execute(context_, shard, k.run_forward, k.forward.scratchpad_desc(), std::move(arguments));
  }

  void backward(int, const Shard& shard) override {
    if (!needs_data_grad_) return;
    const Kernels& k = kernels_.at(shard.rows);
    Arguments arguments{
        {DNNL_ARG_DIFF_SRC, view(context_, in_.desc(shard.rows), in_.grad_row(shard.first))},
        {DNNL_ARG_DIFF_DST, view(context_, out_.desc(shard.rows), out_.grad_row(shard.first))}};
    if (k.forward.workspace_desc().get_size() > 0)
      arguments.insert({DNNL_ARG_WORKSPACE, workspace(k, shard)});
    execute(context_, shard, k.run_backward, k.backward.scratchpad_desc(), std::move(arguments));
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
    dnnl::pooling_forward::primitive_desc forward;
    dnnl::pooling_backward::primitive_desc backward;
    dnnl::primitive run_forward, run_backward;
  };
  dnnl::memory workspace(const Kernels& k, const Shard& shard) const {
    return view(context_, k.forward.workspace_desc(),
                workspaces_[static_cast<std::size_t>(shard.index)].data());
  }

  const Node& node_;
  Window window_;
  EngineContext& context_;
  Blob &in_, &out_;
  bool needs_data_grad_;
  std::vector<Buffer> workspaces_;
  std::map<int, Kernels> kernels_;
};

/// Max pooling by our own loops: with oneDNN 2.6 on AVX2 it takes five times as long.
class MaxPoolStep final : public Step {
 public:
  explicit MaxPoolStep(const StepInputs& inputs)
      : context_(inputs.context), in_(inputs.in), out_(inputs.out), needs_data_grad_(inputs.in_needs_grad) {
    const auto& l = std::get<MaxPool2d>(inputs.node.layer);
    window_ = {in_.shape.height, in_.shape.width, out_.shape.height,
               out_.shape.width, l.kernel_h,      l.kernel_w,
               l.stride,         l.pad,           l.pad};
    out_.format = in_.format;
    out_.allocate(context_.batch, context_.training);
    if (context_.training) which_.resize(out_.row_numbers() * static_cast<std::size_t>(context_.batch));
  }
  bool is_piecewise() const override { return true; }
  void forward(int, const Shard& shard) override {
    if (context_.tangent)
      return max_pool_pick(window_, out_.layout(shard.rows), in_.numbers(shard.first), which(shard),
                           out_.numbers(shard.first));
    max_pool(window_, out_.layout(shard.rows), in_.numbers(shard.first), out_.numbers(shard.first),
             which(shard));
  }
  /// Beside the values, which of each window was the largest.
  Work forward_work(int rows) const override { return with_places(Step::forward_work(rows), rows); }
  Work backward_work(int rows) const override {
    return needs_data_grad_ ? with_places(Step::backward_work(rows), rows) : Work{};
  }
  void backward(int, const Shard& shard) override {
    if (needs_data_grad_)
      max_pool_backward(window_, out_.layout(shard.rows), out_.grad_numbers(shard.first), which(shard),
                        in_.grad_numbers(shard.first));
  }

 private:
  Work with_places(Work work, int rows) const {
    if (!which_.empty()) work.bytes += static_cast<double>(out_.row_numbers()) * rows;
    return work;
  }
  unsigned char* which(const Shard& shard) {
    if (which_.empty()) return nullptr;
    return which_.data() + out_.row_numbers() * static_cast<std::size_t>(shard.first);
  }

  EngineContext& context_;
  Blob &in_, &out_;
  bool needs_data_grad_;
  SlidingWindow window_{};
  std::vector<unsigned char> which_;
};

/// The mean of each channel: floats, whatever comes in.
class GlobalAvgPoolStep final : public Step {
 public:
  explicit GlobalAvgPoolStep(const StepInputs& inputs)
      : in_(inputs.in), out_(inputs.out), needs_data_grad_(inputs.in_needs_grad) {
    out_.format = in_.format;
    out_.allocate(inputs.context.batch, inputs.context.training);
  }
  bool is_piecewise() const override { return true; }
  void forward(int, const Shard& shard) override {
    channel_means(in_.layout(shard.rows), in_.numbers(shard.first), out_.row(shard.first));
  }
  void backward(int, const Shard& shard) override {
    if (needs_data_grad_)
      channel_means_backward(in_.layout(shard.rows), out_.grad_row(shard.first),
                             in_.grad_numbers(shard.first));
  }

 private:
  Blob &in_, &out_;
  bool needs_data_grad_;
};

}  // namespace

std::unique_ptr<Step> make_global_pool(const StepInputs& inputs) {
  return std::make_unique<GlobalAvgPoolStep>(inputs);
}

std::unique_ptr<Step> make_pool(const StepInputs& inputs) {
  const auto* max = std::get_if<MaxPool2d>(&inputs.node.layer);
  if (max && max->kernel_h * max->kernel_w <= 256) return std::make_unique<MaxPoolStep>(inputs);
  return std::make_unique<PoolStep>(inputs);
}

}  // namespace doppel::nn::engine
