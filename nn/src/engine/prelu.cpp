#include <algorithm>
#include <vector>

#include "distributed/tree_sum.h"
#include "kernels.h"
#include "step.h"

namespace doppel::nn::engine {
namespace {

/// A rectifier whose slopes below 0 are learned, one a channel.
class PReluStep final : public Step {
 public:
  explicit PReluStep(const StepInputs& inputs)
      : context_(inputs.context),
        in_(inputs.in),
        out_(inputs.out),
        slopes_(*inputs.model.find(inputs.node.name, "weight")),
        needs_data_grad_(inputs.in_needs_grad),
        learns_(inputs.learns),
        padded_(static_cast<std::size_t>(in_.padded_channels())),
        sums_(static_cast<std::size_t>(context_.shards), std::vector<float>(padded_.size())) {
    out_.format = in_.format;
    out_.allocate(context_.batch, context_.training);
  }
  void load_parameters() override { std::ranges::copy(slopes_.value, padded_.begin()); }

  void forward(int, const Shard& shard) override {
    const float* x = in_.row(shard.first);
    float* y = out_.row(shard.first);
    each_pixel(shard, [&](std::size_t at, const float* slope, int n, float*) {
      for (int c = 0; c < n; ++c) {
        const float v = x[at + static_cast<std::size_t>(c)];
        y[at + static_cast<std::size_t>(c)] = v > 0 ? v : slope[c] * v;
      }
    });
  }
  void backward(int, const Shard& shard) override {
    const float *x = in_.row(shard.first), *dy = out_.grad_row(shard.first);
    float* dx = needs_data_grad_ ? in_.grad_row(shard.first) : nullptr;
    std::ranges::fill(sums_[static_cast<std::size_t>(shard.index)], 0.F);
    each_pixel(shard, [&](std::size_t first, const float* slope, int n, float* sums) {
      for (int c = 0; c < n; ++c) {
        const std::size_t at = first + static_cast<std::size_t>(c);
        sums[c] += x[at] > 0 ? 0 : dy[at] * x[at];
        if (dx) dx[at] = x[at] > 0 ? dy[at] : slope[c] * dy[at];
      }
    });
  }
  /// Slopes have gradients where nothing before them has.
  Work backward_work(int rows) const override {
    return {.bytes = in_.bytes(rows) + out_.bytes(rows) + (needs_data_grad_ ? in_.bytes(rows) : 0)};
  }
  Work parameter_work() const override {
    return {.bytes = static_cast<double>((context_.shards + 1) * sizeof(float) * slopes_.grad.size())};
  }
  int parameter_tasks() const override { return learns_ ? 1 : 0; }
  void parameter_task(int) override {
    sum_by_tree(std::min(context_.shards, context_.rows), [&](int to, int from) {
      add_to(sums_[static_cast<std::size_t>(to)].data(), sums_[static_cast<std::size_t>(from)].data(),
             slopes_.grad.size());
    });
    std::copy_n(sums_[0].begin(), slopes_.grad.size(), slopes_.grad.begin());
  }

 private:
  /// call(first number, slopes of its channels, how many, their sums).
  template <class Call>
  void each_pixel(const Shard& shard, Call call) {
    const int block = in_.format.block, groups = in_.padded_channels() / block,
              pixels = in_.shape.height * in_.shape.width;
    std::size_t at = 0;
    float* sums = sums_[static_cast<std::size_t>(shard.index)].data();
    for (int r = 0; r < shard.rows; ++r)
      for (int g = 0; g < groups; ++g)
        for (int p = 0; p < pixels; ++p, at += static_cast<std::size_t>(block))
          call(at, padded_.data() + g * block, block, sums + g * block);
  }

  EngineContext& context_;
  Blob &in_, &out_;
  Parameter& slopes_;
  bool needs_data_grad_, learns_;
  std::vector<float> padded_;             ///< the slopes, 0 for channels that fill up a block
  std::vector<std::vector<float>> sums_;  ///< per shard
};

}  // namespace

std::unique_ptr<Step> make_prelu(const StepInputs& inputs) { return std::make_unique<PReluStep>(inputs); }

}  // namespace doppel::nn::engine
