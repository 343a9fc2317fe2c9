// A value plus a number for each of its channels.
#include <algorithm>
#include <vector>

#include "channel_loops.h"
#include "norm_loops.h"
#include "step.h"

namespace doppel::nn::engine {
namespace {

/// A value [C, H, W] plus [C, 1, 1], which are floats and whose numbers lie in the channels' order in any
/// format.
class ChannelShiftStep final : public Step {
 public:
  ChannelShiftStep(EngineContext& context, const JoinedBlob& wide, const JoinedBlob& shift, Blob& out)
      : wide_(wide), shift_(shift), out_(out), lanes_(static_cast<std::size_t>(context.shards)) {
    out_.format = wide_.blob->format;
    out_.allocate(context.batch, context.training);
    const auto channels = static_cast<std::size_t>(out_.padded_channels());
    for (auto& lane : lanes_) lane.resize(channels);
    zeros_.assign(channels, 0.F);
    ones_.assign(out_.row_numbers(), 1.F);
  }
  bool is_piecewise() const override { return true; }

  void forward(int, const Shard& shard) override {
    auto& padded = lanes_[static_cast<std::size_t>(shard.index)];
    std::ranges::fill(padded, 0.F);
    for (int r = shard.first; r < shard.first + shard.rows; ++r) {
      std::copy_n(shift_.blob->row(r), out_.shape.channels, padded.data());
      add_to_channels(wide_.blob->numbers(r), padded.data(), out_.numbers(r));
    }
  }
  void backward(int, const Shard& shard) override {
    auto& sums = lanes_[static_cast<std::size_t>(shard.index)];
    for (int r = shard.first; r < shard.first + shard.rows; ++r) {
      const Numbers dy = out_.grad_numbers(r);
      if (shift_.needs_grad) {
        channel_dots(out_.layout(1), dy, {ones_.data(), false}, sums.data());
        std::copy_n(sums.data(), out_.shape.channels, shift_.blob->grad_row(r));
      }
      if (wide_.needs_grad) add_to_channels(dy, zeros_.data(), wide_.blob->grad_numbers(r));
    }
  }
  Work backward_work(int rows) const override {
    const double out = out_.bytes(rows);
    return {.bytes = (shift_.needs_grad ? out : 0) + (wide_.needs_grad ? 2 * out : 0)};
  }

 private:
  void add_to_channels(Numbers x, const float* numbers, Numbers y) const {
    apply_affine(out_.layout(1), x, {.scale = ones_.data(), .shift = numbers}, y);
  }

  JoinedBlob wide_, shift_;
  Blob& out_;
  std::vector<std::vector<float>> lanes_;  ///< a row's numbers, or their gradients, filled up
  std::vector<float> zeros_, ones_;        ///< for each channel; ones for each number of a row, too
};

}  // namespace

std::unique_ptr<Step> make_channel_shift(EngineContext& context, const JoinedBlob& a, const JoinedBlob& b,
                                         Blob& out) {
  return std::make_unique<ChannelShiftStep>(context, a, b, out);
}

}  // namespace doppel::nn::engine
