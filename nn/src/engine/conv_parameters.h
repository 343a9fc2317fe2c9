// A convolution's weights and bias on their way to oneDNN and back.
#pragma once

#include <vector>

#include "onednn.h"

namespace doppel::nn::engine {

/// So many channels as blocks of 16 have.
constexpr int whole_blocks(int channels) { return (channels + 15) / 16 * 16; }

/// The parameters as oneDNN sees them: filled up with filters and inputs of zeros, where a layout's last
/// group of channels isn't whole.
class ConvParameters {
 public:
  /// `bias`: null where there is none.
  ConvParameters(const Conv2d& layer, Parameter& weight, Parameter* bias);
  /// So many as oneDNN sees; at least as many as there are. Of groups there may be fewer: those of a block of
  /// `merged` channels are one, with zeros between them (0: they stay as they are).
  void fill_up(int inputs, int filters, int groups, int merged = 0);

  /// Floats, [filters, inputs, kernel_h, kernel_w], or in groups [groups, filters / groups, inputs / groups,
  /// kernel_h, kernel_w].
  dnnl::memory::desc weight_desc() const;
  /// Of the same weights of that type, in the layout that a kernel likes.
  dnnl::memory::desc any_weights(dnnl::memory::data_type type) const;
  /// Nothing where there is no bias.
  dnnl::memory::desc bias_desc() const;

  /// The weights as they are now; keeps the bias as it is now.
  dnnl::memory load(const EngineContext& context);
  /// Zeros with tangents; null where there is none.
  float* bias(const EngineContext& context) const;
  /// Sets the parameters' gradients from the sums over the shards.
  void take_weight_gradient(const EngineContext& context, LaneGradients& gradients);
  void take_bias_gradient(const EngineContext& context, LaneGradients& gradients);

 private:
  std::size_t taps() const { return static_cast<std::size_t>(layer_.kernel_h) * layer_.kernel_w; }
  bool is_filled_up() const;
  dnnl::memory plain_view(const EngineContext& context, std::vector<float>& parameter) const;
  template <class Move>
  void copy(Move move, std::vector<float>& parameter);

  Conv2d layer_;
  Parameter& weight_;
  Parameter* bias_;
  int inputs_ = 0, filters_ = 0, groups_ = 1, merged_ = 0;
  Buffer staging_, bias_values_, no_bias_;
};

/// A kernel's copies of the weights: one for each layout that kernels for different row counts ask for.
class WeightCopies {
 public:
  void load(const EngineContext& context, const dnnl::memory& plain, const dnnl::memory::desc& desc);
  /// One that was loaded.
  dnnl::memory find(const EngineContext& context, const dnnl::memory::desc& desc) const;

 private:
  struct Copy {
    dnnl::memory::desc desc;
    Buffer buffer;
  };
  std::vector<Copy> copies_;
};

/// How a convolution's windows lie, as oneDNN counts.
struct ConvGeometry {
  dnnl::memory::dims strides, dilates, low, high;
};
ConvGeometry geometry_of(const Node& conv);

}  // namespace doppel::nn::engine
