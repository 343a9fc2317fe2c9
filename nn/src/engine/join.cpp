// Where a value is read by several layers, and where several values become one.
#include <algorithm>
#include <cstring>

#include "kernels.h"
#include "step.h"

namespace doppel::nn::engine {
namespace {

/// One row of a value, channel by channel, as its format has it. T: float, or what is as large as a bfloat16.
template <class T>
struct RowOf {
  T* at;
  int block, pixels;
  std::size_t place(int channel, int pixel) const {
    return (static_cast<std::size_t>(channel / block) * static_cast<std::size_t>(pixels) +
            static_cast<std::size_t>(pixel)) *
               static_cast<std::size_t>(block) +
           static_cast<std::size_t>(channel % block);
  }
};

template <class T>
RowOf<T> row_of(const Blob& blob, const Numbers& row) {
  expect_one_type(row, Numbers{nullptr, sizeof(T) == sizeof(std::uint16_t)});
  return {static_cast<T*>(row.at), blob.format.block, blob.shape.height * blob.shape.width};
}

/// `count` channels from channel `from` of one row to channel `to` of another.
template <class T>
void copy_channels(const RowOf<T>& source, int from, const RowOf<T>& target, int to, int count) {
  const int block = source.block;
  if (block == target.block && from % block == 0 && to % block == 0 && count % block == 0) {
    std::copy_n(source.at + source.place(from, 0),
                static_cast<std::size_t>(count) * static_cast<std::size_t>(source.pixels),
                target.at + target.place(to, 0));
    return;
  }
  for (int c = 0; c < count; ++c)
    for (int p = 0; p < source.pixels; ++p)
      target.at[target.place(to + c, p)] = source.at[source.place(from + c, p)];
}

/// The same value for several readers, each with a gradient of its own; they are added up in order. Where a
/// rectifier made the value, the sum goes back through it on the way.
class ForkStep final : public Step {
 public:
  ForkStep(EngineContext& context, Blob& in, std::vector<Blob*> outs, bool in_needs_grad, double slope)
      : in_(in), outs_(std::move(outs)), needs_grad_(in_needs_grad), slope_(static_cast<float>(slope)) {
    for (Blob* out : outs_) {
      out->shape = in_.shape;
      out->format = in_.format;
      out->bf16 = in_.bf16;
      out->data = in_.data;
      if (context.training && needs_grad_) out->allocate_grad();
    }
  }
  bool is_piecewise() const override { return true; }
  Work forward_work(int) const override { return {}; }
  Work backward_work(int rows) const override {
    Work work = Step::backward_work(rows);
    if (needs_grad_ && slope_ != 1) work.bytes += in_.bytes(rows);
    return work;
  }
  void forward(int, const Shard&) override {}
  void backward(int, const Shard& shard) override {
    if (!needs_grad_) return;
    const std::size_t count = in_.row_numbers() * static_cast<std::size_t>(shard.rows);
    const Numbers grad = in_.grad_numbers(shard.first);
    if (outs_.size() == 1) {
      std::memcpy(grad.at, outs_[0]->grad_numbers(shard.first).at, count * (in_.bf16 ? 2 : 4));
      return;
    }
    const auto gradient = [&](std::size_t i) { return outs_[i]->grad_numbers(shard.first); };
    if (outs_.size() == 2 && slope_ != 1)
      return sum_gradients(grad, gradient(0), gradient(1), in_.numbers(shard.first), slope_, count);
    sum(grad, gradient(0), gradient(1), 1, count);
    for (std::size_t i = 2; i < outs_.size(); ++i) add_to(grad, gradient(i), count);
    if (slope_ != 1) rectify_gradient(in_.numbers(shard.first), slope_, grad, count);
  }

 private:
  Blob& in_;
  std::vector<Blob*> outs_;
  bool needs_grad_;
  float slope_;
};

/// Add, with the rectifier that follows it, and Concat.
class JoinStep final : public Step {
 public:
  JoinStep(EngineContext& context, bool sum, std::vector<JoinedBlob> ins, Blob& out,
           const JoinRectifier& rectifier)
      : sum_(sum),
        parts_(context.parts),
        ins_(std::move(ins)),
        out_(out),
        slope_(static_cast<float>(rectifier.slope)),
        rectifies_back_(rectifier.slope != 1 && rectifier.back) {
    // The widest format: what convolutions read.
    for (const JoinedBlob& in : ins_)
      if (in.blob->format.block > out_.format.block) out_.format = in.blob->format;
    out_.allocate(context.batch, context.training);
    // A sum's gradient is that of its inputs: one of them takes it as it is.
    for (JoinedBlob& in : ins_) {
      const bool own = in.needs_grad && in.blob->grad && in.blob->grad.use_count() == 1;
      if (!sum_ || !context.training || !own || in.blob->format != out_.format) continue;
      in.blob->grad = out_.grad;
      in.needs_grad = false;
      break;
    }
  }
  bool is_piecewise() const override { return true; }
  void forward(int, const Shard& shard) override {
    const std::size_t all = out_.row_numbers() * static_cast<std::size_t>(shard.rows);
    if (adds_all()) return add(shard, 0, all);
    if (out_.bf16) {
      place_inputs<std::uint16_t>(shard);
    } else {
      place_inputs<float>(shard);
    }
    if (slope_ != 1) rectify(out_.numbers(shard.first), slope_, all);
  }
  int splits() const override { return adds_all() ? parts_ : 1; }
  void forward_piece(int piece, const Shard& shard) override {
    if (splits() == 1) return forward(0, shard);
    const auto parts = static_cast<std::size_t>(parts_), i = static_cast<std::size_t>(piece),
               all = out_.row_numbers() * static_cast<std::size_t>(shard.rows);
    add(shard, all * i / parts, all * (i + 1) / parts);
  }
  void backward(int, const Shard& shard) override {
    if (rectifies_back_)
      rectify_gradient(out_.numbers(shard.first), slope_, out_.grad_numbers(shard.first),
                       out_.row_numbers() * static_cast<std::size_t>(shard.rows));
    out_.bf16 ? share_gradient<std::uint16_t>(shard) : share_gradient<float>(shard);
  }
  /// The inputs that take a sum's gradient as it is cost nothing.
  Work backward_work(int rows) const override {
    Work work{.bytes = rectifies_back_ ? 3 * out_.bytes(rows) : 0};
    for (const JoinedBlob& in : ins_)
      if (in.needs_grad) work.bytes += 2 * in.blob->bytes(rows);
    return work;
  }

 private:
  /// True where values lie alike, and are added up as rows of numbers.
  bool adds_all() const {
    return sum_ && ins_.size() >= 2 &&
           std::ranges::all_of(ins_, [&](const auto& in) { return in.blob->format == out_.format; });
  }
  /// Numbers [first, last) of the shard's rows.
  void add(const Shard& shard, std::size_t first, std::size_t last) {
    const auto from = [&](const Blob& blob) {
      const Numbers rows = blob.numbers(shard.first);
      return Numbers{static_cast<unsigned char*>(rows.at) + first * (rows.bf16 ? 2 : 4), rows.bf16};
    };
    sum(from(out_), from(*ins_[0].blob), from(*ins_[1].blob), ins_.size() == 2 ? slope_ : 1, last - first);
    for (std::size_t i = 2; i < ins_.size(); ++i) add_to(from(out_), from(*ins_[i].blob), last - first);
    if (ins_.size() > 2 && slope_ != 1) rectify(from(out_), slope_, last - first);
  }
  /// Row by row, where formats differ or channels are put side by side.
  template <class T>
  void place_inputs(const Shard& shard) {
    int channel = 0;
    for (std::size_t i = 0; i < ins_.size(); ++i) {
      const Blob& in = *ins_[i].blob;
      for (int r = shard.first; r < shard.first + shard.rows; ++r) {
        const RowOf<T> from = row_of<T>(in, in.numbers(r)), to = row_of<T>(out_, out_.numbers(r));
        if (sum_ && i > 0)
          add_channels(from, to, in.shape.channels);
        else
          copy_channels(from, 0, to, channel, in.shape.channels);
      }
      if (!sum_) channel += in.shape.channels;
    }
  }
  template <class T>
  void share_gradient(const Shard& shard) {
    int channel = 0;
    for (const JoinedBlob& in : ins_) {
      const Blob& blob = *in.blob;
      if (in.needs_grad)
        for (int r = shard.first; r < shard.first + shard.rows; ++r)
          copy_channels(row_of<T>(out_, out_.grad_numbers(r)), channel, row_of<T>(blob, blob.grad_numbers(r)),
                        0, blob.shape.channels);
      if (!sum_) channel += blob.shape.channels;
    }
  }
  template <class T>
  static void add_channels(const RowOf<T>& source, const RowOf<T>& target, int count) {
    constexpr bool bf16 = sizeof(T) == 2;
    for (int c = 0; c < count; ++c)
      for (int p = 0; p < source.pixels; ++p)
        add_to(Numbers{&target.at[target.place(c, p)], bf16}, Numbers{&source.at[source.place(c, p)], bf16},
               1);
  }

  bool sum_;
  int parts_;
  std::vector<JoinedBlob> ins_;
  Blob& out_;
  float slope_;
  bool rectifies_back_;
};

}  // namespace

std::unique_ptr<Step> make_fork(EngineContext& context, Blob& in, std::vector<Blob*> outs, bool in_needs_grad,
                                double slope) {
  return std::make_unique<ForkStep>(context, in, std::move(outs), in_needs_grad, slope);
}
std::unique_ptr<Step> make_join(EngineContext& context, bool sum, std::vector<JoinedBlob> ins, Blob& out,
                                const JoinRectifier& rectifier) {
  return std::make_unique<JoinStep>(context, sum, std::move(ins), out, rectifier);
}

}  // namespace doppel::nn::engine
