// Where a value is read by several layers, and where several values become one.
#include <algorithm>

#include "kernels.h"
#include "step.h"

namespace doppel::nn::engine {
namespace {

/// One row of a value, channel by channel, as its format has it.
struct RowOf {
  float* at;
  int block, pixels;
  std::size_t place(int channel, int pixel) const {
    return (static_cast<std::size_t>(channel / block) * static_cast<std::size_t>(pixels) +
            static_cast<std::size_t>(pixel)) *
               static_cast<std::size_t>(block) +
           static_cast<std::size_t>(channel % block);
  }
};

RowOf row_of(const Blob& blob, float* row) {
  return {row, blob.format.block, blob.shape.height * blob.shape.width};
}

/// `count` channels from channel `from` of one row to channel `to` of another.
void copy_channels(const RowOf& source, int from, const RowOf& target, int to, int count) {
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

/// The same value for several readers, each with a gradient of its own; they are added up in order.
class ForkStep final : public Step {
 public:
  ForkStep(Setting& setting, Blob& in, std::vector<Blob*> outs, bool in_needs_grad)
      : in_(in), outs_(std::move(outs)), needs_grad_(in_needs_grad) {
    for (Blob* out : outs_) {
      out->shape = in_.shape;
      out->format = in_.format;
      out->data = in_.data;
      if (setting.training && needs_grad_) out->grad = std::make_shared<Buffer>(in_.data->count());
    }
  }
  void forward(int, const Lane&) override {}
  void backward(int, const Lane& lane) override {
    if (!needs_grad_) return;
    const std::size_t count = in_.row_floats() * static_cast<std::size_t>(lane.rows);
    std::copy_n(outs_[0]->grad_row(lane.first), count, in_.grad_row(lane.first));
    for (std::size_t i = 1; i < outs_.size(); ++i)
      add_to(in_.grad_row(lane.first), outs_[i]->grad_row(lane.first), count);
  }

 private:
  Blob& in_;
  std::vector<Blob*> outs_;
  bool needs_grad_;
};

/// Add and Concat.
class JoinStep final : public Step {
 public:
  JoinStep(Setting& setting, bool sum, std::vector<JoinedBlob> ins, Blob& out)
      : sum_(sum), ins_(std::move(ins)), out_(out) {
    // The widest format: what convolutions read.
    for (const JoinedBlob& in : ins_)
      if (in.blob->format.block > out_.format.block) out_.format = in.blob->format;
    out_.allocate(setting.batch, setting.training);
    // A sum's gradient is that of its inputs: one of them takes it as it is.
    for (JoinedBlob& in : ins_) {
      const bool own = in.needs_grad && in.blob->grad && in.blob->grad.use_count() == 1;
      if (!sum_ || !setting.training || !own || in.blob->format != out_.format) continue;
      in.blob->grad = out_.grad;
      in.needs_grad = false;
      break;
    }
  }
  void forward(int, const Lane& lane) override {
    int channel = 0;
    const bool alike =
        std::ranges::all_of(ins_, [&](const auto& in) { return in.blob->format == out_.format; });
    const std::size_t all = out_.row_floats() * static_cast<std::size_t>(lane.rows);
    if (sum_ && alike && ins_.size() >= 2) {
      sum(out_.row(lane.first), ins_[0].blob->row(lane.first), ins_[1].blob->row(lane.first), all);
      for (std::size_t i = 2; i < ins_.size(); ++i)
        add_to(out_.row(lane.first), ins_[i].blob->row(lane.first), all);
      return;
    }
    for (std::size_t i = 0; i < ins_.size(); ++i) {
      const Blob& in = *ins_[i].blob;
      for (int r = lane.first; r < lane.first + lane.rows; ++r) {
        const RowOf from = row_of(in, in.row(r)), to = row_of(out_, out_.row(r));
        if (sum_ && i > 0)
          add_channels(from, to, in.shape.channels);
        else
          copy_channels(from, 0, to, channel, in.shape.channels);
      }
      if (!sum_) channel += in.shape.channels;
    }
  }
  void backward(int, const Lane& lane) override {
    int channel = 0;
    for (const JoinedBlob& in : ins_) {
      if (in.needs_grad)
        for (int r = lane.first; r < lane.first + lane.rows; ++r)
          copy_channels(row_of(out_, out_.grad_row(r)), channel, row_of(*in.blob, in.blob->grad_row(r)), 0,
                        in.blob->shape.channels);
      if (!sum_) channel += in.blob->shape.channels;
    }
  }

 private:
  static void add_channels(const RowOf& source, const RowOf& target, int count) {
    for (int c = 0; c < count; ++c)
      for (int p = 0; p < source.pixels; ++p) target.at[target.place(c, p)] += source.at[source.place(c, p)];
  }

  bool sum_;
  std::vector<JoinedBlob> ins_;
  Blob& out_;
};

}  // namespace

std::unique_ptr<Step> make_fork(Setting& setting, Blob& in, std::vector<Blob*> outs, bool in_needs_grad) {
  return std::make_unique<ForkStep>(setting, in, std::move(outs), in_needs_grad);
}
std::unique_ptr<Step> make_join(Setting& setting, bool sum, std::vector<JoinedBlob> ins, Blob& out) {
  return std::make_unique<JoinStep>(setting, sum, std::move(ins), out);
}

}  // namespace doppel::nn::engine
