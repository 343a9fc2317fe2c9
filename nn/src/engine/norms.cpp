// Norms of each image by itself: over groups of channels, and over each pixel's channels. And factors of
// channels.
#include <algorithm>
#include <cmath>
#include <vector>

#include "channel_loops.h"
#include "distributed/tree_sum.h"
#include "kernels.h"
#include "norm_loops.h"
#include "step.h"

namespace doppel::nn::engine {
namespace {

/// A vector filled up with zeros to whole blocks.
std::vector<float> filled_up(const Blob& blob, float with = 0) {
  std::vector<float> padded(static_cast<std::size_t>(blob.padded_channels()), 0.F);
  std::fill_n(padded.begin(), blob.shape.channels, with);
  return padded;
}

/// The gradients of one or two parameters per channel: each shard's own, added up by a tree.
class ChannelGradients {
 public:
  ChannelGradients(const EngineContext& context, const Blob& blob, std::size_t parameters)
      : channels_(static_cast<std::size_t>(blob.padded_channels())),
        lanes_(static_cast<std::size_t>(context.shards), std::vector<float>(channels_ * parameters)) {}
  float* of(const Shard& shard, std::size_t which) {
    return lanes_[static_cast<std::size_t>(shard.index)].data() + which * channels_;
  }
  void clear(const Shard& shard) { std::ranges::fill(lanes_[static_cast<std::size_t>(shard.index)], 0.F); }
  void sum(const EngineContext& context, std::size_t which, std::vector<float>& gradient) {
    const auto numbers = [&](int lane) {
      return lanes_[static_cast<std::size_t>(lane)].data() + which * channels_;
    };
    sum_by_tree(std::min(context.shards, context.rows),
                [&](int to, int from) { add_to(numbers(to), numbers(from), gradient.size()); });
    std::copy_n(numbers(0), gradient.size(), gradient.begin());
  }

 private:
  std::size_t channels_;
  std::vector<std::vector<float>> lanes_;
};

/// What norms and factors have in common: gamma, and beta where there is one.
class ChannelStep : public Step {
 public:
  explicit ChannelStep(const StepInputs& inputs)
      : context_(inputs.context),
        in_(inputs.in),
        out_(inputs.out),
        weight_(*inputs.model.find(inputs.node.name, "weight")),
        bias_(inputs.model.find(inputs.node.name, "bias")),
        needs_data_grad_(inputs.in_needs_grad),
        learns_(inputs.learns),
        gamma_(filled_up(in_)),
        beta_(filled_up(in_)),
        gradients_(context_, in_, 2) {
    out_.format = in_.format;
    out_.allocate(context_.batch, context_.training);
  }
  void load_parameters() override {
    std::ranges::copy(weight_.value, gamma_.begin());
    if (bias_) std::ranges::copy(bias_->value, beta_.begin());
  }
  Work backward_work(int rows) const override {
    return {.bytes = in_.bytes(rows) + out_.bytes(rows) +
                     (needs_data_grad_ ? 2 * in_.bytes(rows) + out_.bytes(rows) : 0)};
  }
  int parameter_tasks() const override { return learns_ ? 1 : 0; }
  void parameter_task(int) override {
    gradients_.sum(context_, 0, weight_.grad);
    if (bias_) gradients_.sum(context_, 1, bias_->grad);
  }

 protected:
  EngineContext& context_;
  Blob &in_, &out_;
  Parameter& weight_;
  Parameter* bias_;
  bool needs_data_grad_, learns_;
  std::vector<float> gamma_, beta_;  ///< filled up
  ChannelGradients gradients_;       ///< of gamma, then of beta
};

class PixelNormStep final : public ChannelStep {
 public:
  explicit PixelNormStep(const StepInputs& inputs)
      : ChannelStep(inputs),
        epsilon_(static_cast<float>(std::get<LayerNorm>(inputs.node.layer).epsilon)),
        pixels_(static_cast<std::size_t>(in_.shape.height) * static_cast<std::size_t>(in_.shape.width)),
        real_(filled_up(in_, 1)),
        mean_(pixels_ * static_cast<std::size_t>(context_.batch)),
        inverse_(mean_.size()) {}
  void forward(int, const Shard& shard) override {
    pixel_norm(in_.layout(shard.rows), norm(), in_.row(shard.first), out_.row(shard.first), &mean_[at(shard)],
               &inverse_[at(shard)]);
  }
  void backward(int, const Shard& shard) override {
    gradients_.clear(shard);
    pixel_norm_backward(in_.layout(shard.rows), norm(), in_.row(shard.first), out_.grad_row(shard.first),
                        &mean_[at(shard)], &inverse_[at(shard)],
                        needs_data_grad_ ? in_.grad_row(shard.first) : nullptr, gradients_.of(shard, 0),
                        gradients_.of(shard, 1));
  }

 private:
  std::size_t at(const Shard& shard) const { return pixels_ * static_cast<std::size_t>(shard.first); }
  PixelNorm norm() const { return {in_.shape.channels, epsilon_, gamma_.data(), beta_.data(), real_.data()}; }

  float epsilon_;
  std::size_t pixels_;
  std::vector<float> real_, mean_, inverse_;
};

class GroupNormStep final : public ChannelStep {
 public:
  explicit GroupNormStep(const StepInputs& inputs)
      : ChannelStep(inputs),
        layer_(std::get<GroupNorm>(inputs.node.layer)),
        channels_(gamma_.size()),
        lanes_(static_cast<std::size_t>(context_.shards), Lane(channels_)),
        center_(channels_ * static_cast<std::size_t>(context_.batch)),
        inverse_(center_.size()) {}

  void forward(int, const Shard& shard) override {
    Lane& lane = lanes_[static_cast<std::size_t>(shard.index)];
    for (int r = shard.first; r < shard.first + shard.rows; ++r) {
      channel_moments(in_.layout(1), in_.numbers(r), lane.sums.data(), lane.dots.data());
      each_group([&](std::size_t first, std::size_t last) {
        double mean = 0, m2 = 0;
        const double n = static_cast<double>(last - first), pixels = in_.shape.height * in_.shape.width;
        for (std::size_t c = first; c < last; ++c) mean += lane.sums[c] / n;
        for (std::size_t c = first; c < last; ++c)
          m2 += lane.dots[c] + pixels * (lane.sums[c] - mean) * (lane.sums[c] - mean);
        const double inverse = 1 / std::sqrt(m2 / (n * pixels) + layer_.epsilon);
        for (std::size_t c = first; c < last; ++c) {
          *place(center_, r, c) = static_cast<float>(mean);
          *place(inverse_, r, c) = static_cast<float>(inverse);
          lane.a[c] = static_cast<float>(static_cast<double>(gamma_[c]) * inverse);
          lane.e[c] = static_cast<float>(static_cast<double>(beta_[c]) -
                                         static_cast<double>(gamma_[c]) * inverse * mean);
        }
      });
      apply_affine(in_.layout(1), in_.numbers(r), {.scale = lane.a.data(), .shift = lane.e.data()},
                   out_.numbers(r));
    }
  }

  /// dx = inverse · (g - mean(g) - xhat · mean(g · xhat)), g = gamma · dy, means over a group.
  void backward(int, const Shard& shard) override {
    Lane& lane = lanes_[static_cast<std::size_t>(shard.index)];
    gradients_.clear(shard);
    for (int r = shard.first; r < shard.first + shard.rows; ++r) {
      const float *center = place(center_, r, 0), *inverse = place(inverse_, r, 0);
      const Numbers x = in_.numbers(r), dy = out_.grad_numbers(r);
      affine_gradient_sums(in_.layout(1), x, dy, {}, center, inverse, lane.sums.data(), lane.dots.data());
      for (std::size_t c = 0; c < channels_; ++c) {
        gradients_.of(shard, 0)[c] += static_cast<float>(lane.dots[c]);
        gradients_.of(shard, 1)[c] += static_cast<float>(lane.sums[c]);
      }
      if (!needs_data_grad_) continue;
      each_group([&](std::size_t first, std::size_t last) { blend(lane, center, inverse, first, last); });
      blend_channels(in_.layout(1), x, dy, {}, lane.a.data(), lane.b.data(), lane.e.data(),
                     in_.grad_numbers(r));
    }
  }

 private:
  struct Lane {
    explicit Lane(std::size_t n) : sums(n), dots(n), a(n), b(n), e(n) {}
    std::vector<double> sums, dots;
    std::vector<float> a, b, e;
  };
  float* place(std::vector<float>& rows, int r, std::size_t c) const {
    return rows.data() + static_cast<std::size_t>(r) * channels_ + c;
  }
  template <class Call>
  void each_group(const Call& call) const {
    const auto each = static_cast<std::size_t>(in_.shape.channels / layer_.groups);
    for (std::size_t g = 0; g < static_cast<std::size_t>(layer_.groups); ++g) call(g * each, (g + 1) * each);
  }
  /// The way back as a · dy + b · x + e.
  void blend(Lane& lane, const float* center, const float* inverse, std::size_t first,
             std::size_t last) const {
    const double n = static_cast<double>(last - first) * in_.shape.height * in_.shape.width;
    double sum = 0, dot = 0;
    for (std::size_t c = first; c < last; ++c) {
      sum += static_cast<double>(gamma_[c]) * lane.sums[c] / n;
      dot += static_cast<double>(gamma_[c]) * lane.dots[c] / n;
    }
    for (std::size_t c = first; c < last; ++c) {
      const double i = static_cast<double>(inverse[c]), b = -i * i * dot;
      lane.a[c] = static_cast<float>(static_cast<double>(gamma_[c]) * i);
      lane.b[c] = static_cast<float>(b);
      lane.e[c] = static_cast<float>(-i * sum - b * static_cast<double>(center[c]));
    }
  }

  GroupNorm layer_;
  std::size_t channels_;  ///< filled up
  std::vector<Lane> lanes_;
  std::vector<float> center_, inverse_;  ///< of each row's channels
};

/// A factor for each channel.
class LayerScaleStep final : public ChannelStep {
 public:
  explicit LayerScaleStep(const StepInputs& inputs)
      : ChannelStep(inputs),
        ones_(filled_up(in_, 1)),
        sums_(static_cast<std::size_t>(context_.shards), std::vector<double>(2 * gamma_.size())) {}
  void forward(int, const Shard& shard) override {
    apply(in_.numbers(shard.first), shard, out_.numbers(shard.first));
  }
  void backward(int, const Shard& shard) override {
    auto& sums = sums_[static_cast<std::size_t>(shard.index)];
    const std::size_t n = gamma_.size();
    // beta_ is 0: the center.
    affine_gradient_sums(in_.layout(shard.rows), in_.numbers(shard.first), out_.grad_numbers(shard.first), {},
                         beta_.data(), ones_.data(), sums.data(), sums.data() + n);
    for (std::size_t c = 0; c < n; ++c) gradients_.of(shard, 0)[c] = static_cast<float>(sums[n + c]);
    if (needs_data_grad_) apply(out_.grad_numbers(shard.first), shard, in_.grad_numbers(shard.first));
  }

 private:
  void apply(const Numbers& from, const Shard& shard, const Numbers& to) const {
    apply_affine(in_.layout(shard.rows), from, {.scale = gamma_.data(), .shift = beta_.data()}, to);
  }
  std::vector<float> ones_;
  std::vector<std::vector<double>> sums_;
};

}  // namespace

std::unique_ptr<Step> make_layer_norm(const StepInputs& inputs) {
  return std::make_unique<PixelNormStep>(inputs);
}
std::unique_ptr<Step> make_group_norm(const StepInputs& inputs) {
  return std::make_unique<GroupNormStep>(inputs);
}
std::unique_ptr<Step> make_layer_scale(const StepInputs& inputs) {
  return std::make_unique<LayerScaleStep>(inputs);
}

}  // namespace doppel::nn::engine
