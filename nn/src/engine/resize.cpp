// Larger images, and means of areas: both read an image's rows and columns by lists of places.
#include <algorithm>
#include <vector>

#include "step.h"

namespace doppel::nn::engine {
namespace {

/// What one output row or column reads.
struct Tap {
  int place;
  float weight;
};
using Taps = std::vector<std::vector<Tap>>;

Taps nearest(int out, int factor) {
  Taps taps;
  for (int i = 0; i < out; ++i) taps.push_back({{i / factor, 1.F}});
  return taps;
}

/// Between the centres of two pixels; the outermost go on beyond.
Taps bilinear(int in, int out, int factor) {
  Taps taps;
  for (int i = 0; i < out; ++i) {
    const double at = std::max(0.0, (i + 0.5) / factor - 0.5);
    const int first = static_cast<int>(at), second = std::min(first + 1, in - 1);
    const auto share = static_cast<float>(at - first);
    taps.push_back({{first, 1 - share}, {second, share}});
  }
  return taps;
}

Taps areas(int in, int out) {
  Taps taps;
  for (int i = 0; i < out; ++i) {
    const int first = i * in / out, last = ((i + 1) * in + out - 1) / out;
    taps.emplace_back();
    for (int k = first; k < last; ++k) taps.back().push_back({k, 1.F / static_cast<float>(last - first)});
  }
  return taps;
}

/// y = rows · x · columnsᵀ for each channel.
class TapStep final : public Step {
 public:
  TapStep(const StepInputs& inputs, Taps rows, Taps columns)
      : in_(inputs.in),
        out_(inputs.out),
        needs_data_grad_(inputs.in_needs_grad),
        rows_(std::move(rows)),
        columns_(std::move(columns)) {
    out_.format = in_.format;
    out_.allocate(inputs.context.batch, inputs.context.training);
  }
  bool is_piecewise() const override { return true; }
  void forward(int, const Shard& shard) override {
    float* y = out_.row(shard.first);
    std::fill_n(y, out_.row_numbers() * static_cast<std::size_t>(shard.rows), 0.F);
    each(shard, in_.row(shard.first), y, [](const float* from, float* to, int n, float weight) {
      for (int i = 0; i < n; ++i) to[i] += weight * from[i];
    });
  }
  void backward(int, const Shard& shard) override {
    if (!needs_data_grad_) return;
    float* dx = in_.grad_row(shard.first);
    std::fill_n(dx, in_.row_numbers() * static_cast<std::size_t>(shard.rows), 0.F);
    each(shard, dx, out_.grad_row(shard.first), [](float* to, const float* from, int n, float weight) {
      for (int i = 0; i < n; ++i) to[i] += weight * from[i];
    });
  }

 private:
  /// call(pixel of the input, pixel of the output, floats of a pixel, weight).
  template <class In, class Out, class Call>
  void each(const Shard& shard, In* x, Out* y, Call call) const {
    const int block = in_.format.block, planes = in_.padded_channels() / block * shard.rows,
              width = in_.shape.width;
    for (int plane = 0; plane < planes;
         ++plane, x += static_cast<std::ptrdiff_t>(in_.shape.height) * width * block)
      for (const auto& row : rows_)
        for (const auto& column : columns_) {
          for (const Tap& r : row)
            for (const Tap& c : column)
              call(x + (static_cast<std::ptrdiff_t>(r.place) * width + c.place) * block, y, block,
                   r.weight * c.weight);
          y += block;
        }
  }
  Blob &in_, &out_;
  bool needs_data_grad_;
  Taps rows_, columns_;
};

}  // namespace

std::unique_ptr<Step> make_upsample(const StepInputs& inputs) {
  const auto& l = std::get<Upsample>(inputs.node.layer);
  const Shape &in = inputs.node.in, &out = inputs.node.out;
  if (l.bilinear)
    return std::make_unique<TapStep>(inputs, bilinear(in.height, out.height, l.factor),
                                     bilinear(in.width, out.width, l.factor));
  return std::make_unique<TapStep>(inputs, nearest(out.height, l.factor), nearest(out.width, l.factor));
}

std::unique_ptr<Step> make_adaptive_pool(const StepInputs& inputs) {
  const Shape &in = inputs.node.in, &out = inputs.node.out;
  return std::make_unique<TapStep>(inputs, areas(in.height, out.height), areas(in.width, out.width));
}

}  // namespace doppel::nn::engine
