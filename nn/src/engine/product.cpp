// The product of two values, or of one and a factor for each of its channels.
#include <algorithm>
#include <vector>

#include "channel_loops.h"
#include "step.h"

namespace doppel::nn::engine {
namespace {

/// A value [C, H, W] times factors [C, 1, 1], which are floats and whose numbers lie in the channels' order
/// in any format.
class ChannelProductStep final : public Step {
 public:
  ChannelProductStep(EngineContext& context, const JoinedBlob& wide, const JoinedBlob& factors, Blob& out)
      : wide_(wide), factors_(factors), out_(out), lanes_(static_cast<std::size_t>(context.shards)) {
    out_.format = wide_.blob->format;
    out_.allocate(context.batch, context.training);
    for (auto& lane : lanes_) lane.resize(static_cast<std::size_t>(out_.padded_channels()));
  }
  void forward(int, const Shard& shard) override { scale_rows(shard, false); }
  void backward(int, const Shard& shard) override {
    if (factors_.needs_grad) {
      const auto channels = static_cast<std::size_t>(out_.shape.channels);
      auto& sums = lanes_[static_cast<std::size_t>(shard.index)];
      for (int r = shard.first; r < shard.first + shard.rows; ++r) {
        channel_dots(out_.layout(1), wide_.blob->numbers(r), out_.grad_numbers(r), sums.data());
        std::copy_n(sums.data(), channels, factors_.blob->grad_row(r));
      }
    }
    if (wide_.needs_grad) scale_rows(shard, true);
  }
  Work backward_work(int rows) const override {
    const double out = out_.bytes(rows);
    return {.bytes = (factors_.needs_grad ? 2 * out : 0) + (wide_.needs_grad ? 2 * out : 0)};
  }

 private:
  void scale_rows(const Shard& shard, bool back) {
    const auto channels = static_cast<std::size_t>(out_.shape.channels);
    auto& padded = lanes_[static_cast<std::size_t>(shard.index)];
    std::ranges::fill(padded, 0.F);
    for (int r = shard.first; r < shard.first + shard.rows; ++r) {
      std::copy_n(factors_.blob->row(r), channels, padded.data());
      if (back)
        scale_channels(out_.layout(1), out_.grad_numbers(r), padded.data(), wide_.blob->grad_numbers(r));
      else
        scale_channels(out_.layout(1), wide_.blob->numbers(r), padded.data(), out_.numbers(r));
    }
  }

  JoinedBlob wide_, factors_;
  Blob& out_;
  std::vector<std::vector<float>> lanes_;  ///< a row's factors, or their gradients, filled up
};

/// Two values of one shape, in any formats: floats.
class ProductStep final : public Step {
 public:
  ProductStep(EngineContext& context, const JoinedBlob& a, const JoinedBlob& b, Blob& out)
      : a_(a), b_(b), out_(out) {
    out_.format = a_.blob->format;
    out_.allocate(context.batch, context.training);
  }
  void forward(int, const Shard& shard) override {
    each(shard, [&](int row, std::size_t at, std::size_t other) {
      out_.row(row)[at] = a_.blob->row(row)[at] * b_.blob->row(row)[other];
    });
  }
  void backward(int, const Shard& shard) override {
    each(shard, [&](int row, std::size_t at, std::size_t other) {
      const float dy = out_.grad_row(row)[at];
      if (a_.needs_grad) a_.blob->grad_row(row)[at] = dy * b_.blob->row(row)[other];
      if (b_.needs_grad) b_.blob->grad_row(row)[other] = dy * a_.blob->row(row)[at];
    });
  }

 private:
  /// call(row, place in the first factor and the product, place in the second).
  template <class Call>
  void each(const Shard& shard, const Call& call) const {
    const int pixels = out_.shape.height * out_.shape.width;
    const auto place = [pixels](const Blob& blob, int c, int p) {
      const int block = blob.format.block;
      return static_cast<std::size_t>((c / block * pixels + p) * block + c % block);
    };
    for (int row = shard.first; row < shard.first + shard.rows; ++row)
      for (int c = 0; c < out_.shape.channels; ++c)
        for (int p = 0; p < pixels; ++p) call(row, place(out_, c, p), place(*b_.blob, c, p));
  }

  JoinedBlob a_, b_;
  Blob& out_;
};

}  // namespace

std::unique_ptr<Step> make_product(EngineContext& context, const JoinedBlob& a, const JoinedBlob& b,
                                   Blob& out) {
  if (b.blob->shape == a.blob->shape) return std::make_unique<ProductStep>(context, a, b, out);
  return std::make_unique<ChannelProductStep>(context, a, b, out);
}

}  // namespace doppel::nn::engine
