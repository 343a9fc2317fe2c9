#include <algorithm>

#include "kernels.h"
#include "onednn.h"

namespace doppel::nn::engine {
namespace {

/// Rows of the weight gradient that one parameter task computes.
constexpr int kGradRows = 64;

/// Y = X·Wᵀ + b over plain row-major matrices. The weight gradient is computed over the whole batch at once,
/// split by output units: no copies per shard, no sum over shards.
class LinearStep final : public Step {
 public:
  explicit LinearStep(const StepInputs& inputs)
      : setting_(inputs.setting),
        in_(inputs.in),
        out_(inputs.out),
        weight_(*inputs.model.find(inputs.node.name, "weight")),
        bias_(*inputs.model.find(inputs.node.name, "bias")),
        units_(inputs.out.shape.channels),
        features_(inputs.in.shape.channels),
        needs_data_grad_(inputs.in_needs_grad) {
    out_.format = kPlain;
    out_.allocate(setting_.batch, setting_.training);
  }

  void forward(int, const Lane& lane) override {
    for (int r = 0; r < lane.rows; ++r) std::ranges::copy(bias_.value, out_.row(lane.first + r));
    dnnl_sgemm('N', 'T', lane.rows, units_, features_, 1.F, in_.row(lane.first), features_,
               weight_.value.data(), features_, 1.F, out_.row(lane.first), units_);
  }

  void backward(int, const Lane& lane) override {
    if (!needs_data_grad_) return;
    dnnl_sgemm('N', 'N', lane.rows, features_, units_, 1.F, out_.grad_row(lane.first), units_,
               weight_.value.data(), features_, 0.F, in_.grad_row(lane.first), features_);
  }

  int parameter_tasks() const override { return (units_ + kGradRows - 1) / kGradRows; }
  void parameter_task(int task) override {
    const SingleThreadedOpenMp single;
    const int first = task * kGradRows, count = std::min(kGradRows, units_ - first);
    dnnl_sgemm('T', 'N', count, features_, setting_.rows, 1.F, out_.grad_row(0) + first, units_, in_.row(0),
               features_, 0.F, weight_.grad.data() + std::size_t(first) * features_, features_);
    float* bias = bias_.grad.data() + first;
    std::fill_n(bias, count, 0.F);
    for (int r = 0; r < setting_.rows; ++r)
      add_to(bias, out_.grad_row(r) + first, static_cast<std::size_t>(count));
  }

 private:
  Setting& setting_;
  Blob &in_, &out_;
  Parameter &weight_, &bias_;
  int units_, features_;
  bool needs_data_grad_;
};

}  // namespace

std::unique_ptr<Step> make_linear(const StepInputs& inputs) { return std::make_unique<LinearStep>(inputs); }

}  // namespace doppel::nn::engine
