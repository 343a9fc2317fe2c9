// How much neighbouring images differ, as one more channel.
#include <algorithm>
#include <cmath>
#include <vector>

#include "step.h"

namespace doppel::nn::engine {
namespace {

/// Floats in any format.
class BatchDeviationStep final : public Step {
 public:
  explicit BatchDeviationStep(const StepInputs& inputs)
      : in_(inputs.in),
        out_(inputs.out),
        needs_data_grad_(inputs.in_needs_grad),
        group_(std::get<BatchDeviation>(inputs.node.layer).group) {
    out_.format = in_.format;
    out_.allocate(inputs.context.batch, inputs.context.training);
  }

  void forward(int, const Shard& shard) override {
    each_group(shard, [&](int first, int end) {
      double sum = 0;
      each_number([&](std::size_t from, std::size_t to) {
        const Spread s = spread(first, end, from);
        sum += s.deviation;
        for (int r = first; r < end; ++r) out_.row(r)[to] = in_.row(r)[from];
      });
      const auto mean = static_cast<float>(sum / static_cast<double>(in_.shape.count()));
      for (int r = first; r < end; ++r)
        for (int p = 0; p < pixels(); ++p) out_.row(r)[place(out_, in_.shape.channels, p)] = mean;
    });
  }
  void backward(int, const Shard& shard) override {
    if (!needs_data_grad_) return;
    each_group(shard, [&](int first, int end) {
      double of_group = 0;
      for (int r = first; r < end; ++r)
        for (int p = 0; p < pixels(); ++p) of_group += out_.grad_row(r)[place(out_, in_.shape.channels, p)];
      const double share = of_group / static_cast<double>(in_.shape.count()) / (end - first);
      for (int r = first; r < end; ++r) std::fill_n(in_.grad_row(r), in_.row_numbers(), 0.F);
      each_number([&](std::size_t from, std::size_t to) {
        const Spread s = spread(first, end, from);
        for (int r = first; r < end; ++r)
          in_.grad_row(r)[from] =
              out_.grad_row(r)[to] +
              static_cast<float>(share * (static_cast<double>(in_.row(r)[from]) - s.mean) / s.deviation);
      });
    });
  }

 private:
  struct Spread {
    double mean, deviation;
  };
  /// Over a group's rows, of the number at one place.
  Spread spread(int first, int end, std::size_t at) const {
    constexpr double kEpsilon = 1e-8;
    double sum = 0, squares = 0;
    for (int r = first; r < end; ++r) sum += static_cast<double>(in_.row(r)[at]);
    const double mean = sum / (end - first);
    for (int r = first; r < end; ++r) {
      const double off = static_cast<double>(in_.row(r)[at]) - mean;
      squares += off * off;
    }
    return {mean, std::sqrt(squares / (end - first) + kEpsilon)};
  }
  template <class Call>
  void each_group(const Shard& shard, const Call& call) const {
    const int all = shard.first + shard.rows;
    for (int first = shard.first; first < all; first += group_) call(first, std::min(all, first + group_));
  }
  /// call(place in what comes in, in what comes out)
  template <class Call>
  void each_number(const Call& call) const {
    for (int c = 0; c < in_.shape.channels; ++c)
      for (int p = 0; p < pixels(); ++p) call(place(in_, c, p), place(out_, c, p));
  }
  int pixels() const { return in_.shape.height * in_.shape.width; }
  static std::size_t place(const Blob& blob, int channel, int pixel) {
    const int block = blob.format.block, pixels = blob.shape.height * blob.shape.width;
    return static_cast<std::size_t>((channel / block * pixels + pixel) * block + channel % block);
  }

  Blob &in_, &out_;
  bool needs_data_grad_;
  int group_;
};

}  // namespace

std::unique_ptr<Step> make_batch_deviation(const StepInputs& inputs) {
  return std::make_unique<BatchDeviationStep>(inputs);
}

}  // namespace doppel::nn::engine
