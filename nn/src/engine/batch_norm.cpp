#include <algorithm>
#include <cmath>

#include "distributed/tree_sum.h"
#include "norm_loops.h"
#include "onednn.h"

namespace doppel::nn::engine {
namespace {

/// Count, mean and sum of squared deviations of each channel; merged by Chan, Golub and LeVeque (1979).
struct Moments {
  std::vector<double> mean, m2;
  double count = 0;

  void merge(const Moments& other) {
    if (other.count == 0) return;
    const double total = count + other.count;
    for (std::size_t c = 0; c < mean.size(); ++c) {
      const double delta = other.mean[c] - mean[c];
      mean[c] += delta * other.count / total;
      m2[c] += other.m2[c] + delta * delta * count * other.count / total;
    }
    count = total;
  }
};

/// BatchNorm with the rectifier that follows it. Statistics are of the whole batch: every shard's, merged by
/// a tree.
class BatchNormStep final : public Step {
 public:
  BatchNormStep(const StepInputs& inputs, double relu_slope)
      : layer_(std::get<BatchNorm2d>(inputs.node.layer)),
        context_(inputs.context),
        in_(inputs.in),
        out_(inputs.out),
        gamma_(*inputs.model.find(inputs.node.name, "weight")),
        beta_(*inputs.model.find(inputs.node.name, "bias")),
        mean_(*inputs.model.find(inputs.node.name, "running_mean")),
        variance_(*inputs.model.find(inputs.node.name, "running_var")),
        needs_data_grad_(inputs.in_needs_grad),
        measures_(inputs.context.training && inputs.learns),
        slope_(static_cast<float>(relu_slope)),
        lanes_(static_cast<std::size_t>(context_.shards)) {
    out_.format = in_.format;
    out_.allocate(context_.batch, context_.training);
    const auto padded = static_cast<std::size_t>(in_.padded_channels());
    for (PerLane& shard : lanes_) {
      shard.moments = {std::vector<double>(padded), std::vector<double>(padded), 0};
      shard.sum_dy.resize(padded);
      shard.sum_dy_xhat.resize(padded);
    }
    sums_.resize(2 * gamma_.value.size());
    scale_ = Buffer(padded);
    shift_ = Buffer(padded);
    center_ = Buffer(padded);
    inverse_ = Buffer(padded);
    from_x_ = Buffer(padded);
    always_ = Buffer(padded);
  }

  int forward_phases() const override { return measures_ ? 2 : 1; }

  void forward(int phase, const Shard& shard) override {
    if (measures_ && phase == 0) {
      Moments& m = lanes_[static_cast<std::size_t>(shard.index)].moments;
      m.count = double(shard.rows) * in_.shape.height * in_.shape.width;
      channel_moments(in_.layout(shard.rows), in_.numbers(shard.first), m.mean.data(), m.m2.data());
      return;
    }
    apply_affine(in_.layout(shard.rows), in_.numbers(shard.first), affine(), out_.numbers(shard.first));
  }

  void merge_forward() override {
    sum_by_tree(std::min(context_.shards, context_.rows), [&](int to, int from) {
      lanes_[static_cast<std::size_t>(to)].moments.merge(lanes_[static_cast<std::size_t>(from)].moments);
    });
    Moments& all = lanes_[0].moments;
    if (context_.group) all = of_group(all);
    count_ = all.count;
    for (std::size_t c = 0; c < gamma_.value.size(); ++c) {
      const double variance = all.m2[c] / all.count;
      set_affine(c, all.mean[c], variance);
      const double followed = !layer_.biased && all.count > 1 ? all.m2[c] / (all.count - 1) : variance;
      mean_.value[c] +=
          static_cast<float>(layer_.momentum * (all.mean[c] - static_cast<double>(mean_.value[c])));
      variance_.value[c] +=
          static_cast<float>(layer_.momentum * (followed - static_cast<double>(variance_.value[c])));
    }
  }

  void load_parameters() override {
    if (measures_) return;
    for (std::size_t c = 0; c < gamma_.value.size(); ++c)
      set_affine(c, static_cast<double>(mean_.value[c]), static_cast<double>(variance_.value[c]));
  }

  /// Once more where the batch's statistics come first.
  Work forward_work(int rows) const override {
    return {.bytes = (measures_ ? 2 : 1) * in_.bytes(rows) + out_.bytes(rows)};
  }
  /// Sums of gradients; then what goes on.
  Work backward_work(int rows) const override {
    const double in = in_.bytes(rows), out = out_.bytes(rows);
    return {.bytes = in + out + (needs_data_grad_ ? 2 * in + out : 0)};
  }

  int backward_phases() const override { return 2; }

  void backward(int phase, const Shard& shard) override {
    const Numbers dy = out_.grad_numbers(shard.first);
    if (phase == 0) {
      PerLane& sums = lanes_[static_cast<std::size_t>(shard.index)];
      affine_gradient_sums(in_.layout(shard.rows), in_.numbers(shard.first), dy, affine(), center_.data(),
                           inverse_.data(), sums.sum_dy.data(), sums.sum_dy_xhat.data());
    } else if (needs_data_grad_) {
      blend_channels(in_.layout(shard.rows), in_.numbers(shard.first), dy, affine(), scale_.data(),
                     from_x_.data(), always_.data(), in_.grad_numbers(shard.first));
    }
  }

  void merge_backward() override {
    if (!measures_) return;  // constants: nothing flows back through them
    const std::size_t channels = gamma_.value.size();
    sum_by_tree(std::min(context_.shards, context_.rows), [&](int to, int from) {
      PerLane& sums = lanes_[static_cast<std::size_t>(to)];
      const PerLane& more = lanes_[static_cast<std::size_t>(from)];
      for (std::size_t c = 0; c < channels; ++c) {
        sums.sum_dy[c] += more.sum_dy[c];
        sums.sum_dy_xhat[c] += more.sum_dy_xhat[c];
      }
    });
    std::copy_n(lanes_[0].sum_dy.begin(), channels, sums_.begin());
    std::copy_n(lanes_[0].sum_dy_xhat.begin(), channels,
                sums_.begin() + static_cast<std::ptrdiff_t>(channels));
    if (context_.group) context_.group->sum(std::span<double>(sums_));
    // The gradients are everybody's already: the first gives them to the sum over the group, the others
    // nothing.
    const bool gives = !context_.group || context_.group->rank() == 0;
    for (std::size_t c = 0; c < channels; ++c) {
      beta_.grad[c] = gives ? static_cast<float>(sums_[c]) : 0.F;
      gamma_.grad[c] = gives ? static_cast<float>(sums_[channels + c]) : 0.F;
      set_way_back(c, static_cast<float>(sums_[c] / count_),
                   static_cast<float>(sums_[channels + c] / count_));
    }
  }

 private:
  struct PerLane {
    Moments moments;
    std::vector<double> sum_dy, sum_dy_xhat;
  };

  /// Merged with those of the other processes.
  Moments of_group(const Moments& own) {
    // Without what channels are filled up by: other processors do that otherwise.
    const std::size_t n = gamma_.value.size(), padded = own.mean.size(), each = 2 * n + 1;
    const auto end = static_cast<std::ptrdiff_t>(n);
    std::vector<double> sent{own.count}, all(each * static_cast<std::size_t>(context_.group->world()));
    sent.insert(sent.end(), own.mean.begin(), own.mean.begin() + end);
    sent.insert(sent.end(), own.m2.begin(), own.m2.begin() + end);
    context_.group->gather(sent, all);
    std::vector<Moments> moments;
    for (std::size_t at = 0; at < all.size(); at += each) {
      const double* first = all.data() + at + 1;
      moments.push_back({{first, first + n}, {first + n, first + 2 * n}, all[at]});
    }
    sum_by_tree(context_.group->world(), [&](int to, int from) {
      moments[static_cast<std::size_t>(to)].merge(moments[static_cast<std::size_t>(from)]);
    });
    moments[0].mean.resize(padded);
    moments[0].m2.resize(padded);
    return moments[0];
  }

  void set_affine(std::size_t c, double mean, double variance) {
    const double inverse = 1 / std::sqrt(variance + layer_.epsilon),
                 gamma = static_cast<double>(gamma_.value[c]);
    center_.data()[c] = static_cast<float>(mean);
    inverse_.data()[c] = static_cast<float>(inverse);
    scale_.data()[c] = static_cast<float>(gamma * inverse);
    shift_.data()[c] = static_cast<float>(static_cast<double>(beta_.value[c]) - gamma * inverse * mean);
  }

  ChannelAffine affine() const { return {scale_.data(), shift_.data(), slope_}; }

  /// dx = scale · (dy - grad_mean - (x - center) · inverse · grad_slope), where both are means over the
  /// batch.
  void set_way_back(std::size_t c, float grad_mean, float grad_slope) {
    const float scale = scale_.data()[c], from_x = -scale * inverse_.data()[c] * grad_slope;
    from_x_.data()[c] = from_x;
    always_.data()[c] = -scale * grad_mean - from_x * center_.data()[c];
  }

  BatchNorm2d layer_;
  EngineContext& context_;
  Blob &in_, &out_;
  Parameter &gamma_, &beta_, &mean_, &variance_;
  bool needs_data_grad_;
  bool measures_;  ///< the batch's statistics; else the running ones serve, in training too
  float slope_;
  std::vector<PerLane> lanes_;
  double count_ = 1;
  std::vector<double> sums_;  ///< of dy, then of dy times what it belongs to
  Buffer scale_, shift_, center_, inverse_;
  Buffer from_x_, always_;  ///< of what goes on backward, see set_way_back()
};

}  // namespace

std::unique_ptr<Step> make_batch_norm(const StepInputs& inputs, double relu_slope) {
  return std::make_unique<BatchNormStep>(inputs, relu_slope);
}

}  // namespace doppel::nn::engine
