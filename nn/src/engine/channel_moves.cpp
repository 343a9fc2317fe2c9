// Channels in another order, or some of them.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "step.h"

namespace doppel::nn::engine {
namespace {

/// Channel c of what comes out is channel from[c] of what comes in.
class ChannelMoveStep final : public Step {
 public:
  ChannelMoveStep(const StepInputs& inputs, std::vector<int> from)
      : in_(inputs.in), out_(inputs.out), needs_data_grad_(inputs.in_needs_grad), from_(std::move(from)) {
    out_.format = in_.format;
    out_.allocate(inputs.context.batch, inputs.context.training);
    taken_.resize(static_cast<std::size_t>(in_.shape.channels));
    for (const int channel : from_) taken_[static_cast<std::size_t>(channel)] = true;
  }
  bool is_piecewise() const override { return true; }

  void forward(int, const Shard& shard) override {
    each_row(shard, in_.bf16, [&](int r, auto type) {
      using T = decltype(type);
      move(static_cast<const T*>(in_.numbers(r).at), static_cast<T*>(out_.numbers(r).at));
    });
  }
  /// Channels that weren't taken get 0.
  void backward(int, const Shard& shard) override {
    if (!needs_data_grad_) return;
    each_row(shard, in_.bf16, [&](int r, auto type) {
      using T = decltype(type);
      move_back(static_cast<const T*>(out_.grad_numbers(r).at), static_cast<T*>(in_.grad_numbers(r).at));
    });
  }

 private:
  template <class Call>
  static void each_row(const Shard& shard, bool bf16, const Call& call) {
    for (int r = shard.first; r < shard.first + shard.rows; ++r)
      bf16 ? call(r, std::uint16_t{}) : call(r, float{});
  }
  /// Where a channel's first pixel lies; the next ones are a block apart.
  std::size_t place(int channel) const {
    const auto block = static_cast<std::size_t>(in_.format.block), c = static_cast<std::size_t>(channel);
    return c / block * block * pixels() + c % block;
  }
  std::size_t pixels() const {
    return static_cast<std::size_t>(in_.shape.height) * static_cast<std::size_t>(in_.shape.width);
  }
  /// call(place in what comes out, place in what comes in) for whole blocks of channels, pixel by pixel.
  template <class Call>
  void each_block(const Call& call) const {
    const int block = in_.format.block, channels = out_.shape.channels;
    for (int first = 0; first < channels; first += block) {
      const int count = std::min(block, channels - first);
      std::size_t sources[16];
      for (int c = 0; c < count; ++c) sources[c] = place(from_[static_cast<std::size_t>(first + c)]);
      call(place(first), sources, count);
    }
  }
  template <class T>
  void move(const T* x, T* y) const {
    const auto block = static_cast<std::size_t>(in_.format.block);
    each_block([&](std::size_t to, const std::size_t* sources, int count) {
      for (std::size_t p = 0; p < pixels() * block; p += block)
        for (int c = 0; c < count; ++c) y[to + p + static_cast<std::size_t>(c)] = x[sources[c] + p];
    });
  }
  template <class T>
  void move_back(const T* dy, T* dx) const {
    const auto block = static_cast<std::size_t>(in_.format.block);
    if (std::ranges::find(taken_, false) != taken_.end()) std::fill_n(dx, in_.row_numbers(), T{});
    each_block([&](std::size_t to, const std::size_t* sources, int count) {
      for (std::size_t p = 0; p < pixels() * block; p += block)
        for (int c = 0; c < count; ++c) dx[sources[c] + p] = dy[to + p + static_cast<std::size_t>(c)];
    });
  }

  Blob &in_, &out_;
  bool needs_data_grad_;
  std::vector<int> from_;
  std::vector<bool> taken_;
};

/// As many channels as come out, from `first` on.
std::unique_ptr<Step> make_run(const StepInputs& inputs, int first) {
  std::vector<int> from;
  for (int c = 0; c < inputs.node.out.channels; ++c) from.push_back(first + c);
  return std::make_unique<ChannelMoveStep>(inputs, std::move(from));
}

}  // namespace

std::unique_ptr<Step> make_shuffle(const StepInputs& inputs) {
  const int groups = std::get<ChannelShuffle>(inputs.node.layer).groups,
            each = inputs.node.in.channels / groups;
  std::vector<int> from;
  for (int c = 0; c < inputs.node.in.channels; ++c) from.push_back(c % groups * each + c / groups);
  return std::make_unique<ChannelMoveStep>(inputs, std::move(from));
}

std::unique_ptr<Step> make_chunk(const StepInputs& inputs) {
  return make_run(inputs, (std::get<ChannelChunk>(inputs.node.layer).which - 1) * inputs.node.out.channels);
}

std::unique_ptr<Step> make_slice(const StepInputs& inputs) {
  return make_run(inputs, std::get<ChannelSlice>(inputs.node.layer).first - 1);
}

}  // namespace doppel::nn::engine
