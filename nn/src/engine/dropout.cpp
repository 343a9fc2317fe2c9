// Dropout of values, of whole channels and of whole images' values.
#include <algorithm>
#include <cstring>
#include <vector>

#include "step.h"

namespace doppel::nn::engine {
namespace {

class DropoutStep final : public Step {
 public:
  explicit DropoutStep(const StepInputs& inputs)
      : p_(chance(inputs.node.layer)),
        channels_(std::holds_alternative<Dropout2d>(inputs.node.layer)),
        rows_(std::holds_alternative<DropPath>(inputs.node.layer)),
        node_(static_cast<std::uint32_t>(inputs.context.first_node + inputs.node.inputs[0] + 1)),
        context_(inputs.context),
        in_(inputs.in),
        out_(inputs.out),
        needs_data_grad_(inputs.in_needs_grad) {
    out_.format = in_.format;
    // At inference nothing is dropped.
    if (context_.training)
      out_.allocate(context_.batch, true);
    else
      out_.data = in_.data;
  }
  bool is_piecewise() const override { return true; }
  void forward(int, const Shard& shard) override {
    if (!context_.training) return;
    for (int r = shard.first; r < shard.first + shard.rows; ++r) drop(r, in_.numbers(r), out_.numbers(r));
  }
  Work forward_work(int rows) const override { return context_.training ? Step::forward_work(rows) : Work{}; }
  void backward(int, const Shard& shard) override {
    if (!needs_data_grad_) return;
    for (int r = shard.first; r < shard.first + shard.rows; ++r)
      drop(r, out_.grad_numbers(r), in_.grad_numbers(r));
  }

 private:
  static double chance(const Layer& layer) {
    if (const auto* path = std::get_if<DropPath>(&layer)) return path->p;
    const auto* channels = std::get_if<Dropout2d>(&layer);
    return channels ? channels->p : std::get<Dropout>(layer).p;
  }
  /// A draw for each value of a row, or for each channel of the padded ones.
  void drop(int row, const Numbers& from, const Numbers& to) const {
    constexpr std::size_t kAtOnce = 1024;
    const DropoutDraws draws{static_cast<std::uint32_t>(context_.seed) ^ node_ * 0x9e3779b9U,
                             static_cast<std::uint32_t>(context_.seed >> 32),
                             static_cast<std::uint32_t>(context_.first_row + row),
                             context_.step,
                             static_cast<std::uint32_t>(std::min(p_ * 0x1p32, 0x1p32 - 1)),
                             static_cast<float>(1 / (1 - p_))};
    if (rows_) {
      float factors[4];
      dropout_factors(draws, 0, 4, factors);
      std::vector<float> all(static_cast<std::size_t>(in_.padded_channels()), factors[0]);
      return scale_channels(in_.layout(1), from, all.data(), to);
    }
    if (channels_) {
      std::vector<float> factors(static_cast<std::size_t>(in_.padded_channels()));
      dropout_factors(draws, 0, factors.size(), factors.data());
      return scale_channels(in_.layout(1), from, factors.data(), to);
    }
    const auto later = [](const Numbers& n, std::size_t i) {
      return Numbers{static_cast<unsigned char*>(n.at) + i * (n.bf16 ? 2 : sizeof(float)), n.bf16};
    };
    float factors[kAtOnce];
    for (std::size_t first = 0; first < in_.row_numbers(); first += kAtOnce) {
      const std::size_t count = std::min(kAtOnce, in_.row_numbers() - first);
      dropout_factors(draws, first, count, factors);
      scale(later(from, first), factors, count, later(to, first));
    }
  }

  double p_;
  bool channels_, rows_;
  std::uint32_t node_;
  EngineContext& context_;
  Blob &in_, &out_;
  bool needs_data_grad_;
};

}  // namespace

std::unique_ptr<Step> make_dropout(const StepInputs& inputs) { return std::make_unique<DropoutStep>(inputs); }

}  // namespace doppel::nn::engine
