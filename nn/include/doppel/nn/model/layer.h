// Layers as plain descriptions. Shapes are per sample: [C, H, W], or [F] after Flatten or Linear.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace doppel::nn {

/// How a convolution or pooling meets the edge. Same: zeros so that out = ceil(in / stride), the odd one at
/// the bottom and right; Explicit: `pad` zeros at every side.
enum class Padding { Same, Explicit };

/// Zeros at each side of a convolution's or a pooling's input.
struct Pads {
  int top = 0;     ///< rows
  int left = 0;    ///< columns
  int bottom = 0;  ///< rows
  int right = 0;   ///< columns
  friend bool operator==(const Pads&, const Pads&) = default;
};

/// `filters` kernels over all input channels: [C, H, W] -> [filters, H', W'], H' = floor((H + pads - span)
/// / stride) + 1. The bias is left out where a BatchNorm2d follows, which would cancel it, unless `bias` is
/// set. 0 filters in 0 groups, "depthwise": a filter for each channel.
struct Conv2d {
  static constexpr std::string_view name = "conv";
  int filters = 32;                 ///< output channels
  int kernel_h = 3;                 ///< taps in a column of a kernel
  int kernel_w = 3;                 ///< taps in a row of a kernel
  int stride = 1;                   ///< pixels from a window to the next, both ways
  Padding padding = Padding::Same;  ///< what lies beyond the edge
  int pad = 0;                      ///< zeros at every side, for Explicit
  std::optional<Pads> sides;        ///< in `pad`'s place, where sides differ
  int dilation = 1;                 ///< steps between a kernel's taps
  int groups = 1;          ///< each sees its share of the channels only; as many as channels: depthwise
  bool bias = false;       ///< kept before a BatchNorm2d, too
  bool no_bias = false;    ///< left out, whatever follows
  bool per_class = false;  ///< as many filters as there are classes, whatever `filters` says
  /// Pixels that the kernel spans.
  int span_h() const { return (kernel_h - 1) * dilation + 1; }
  int span_w() const { return (kernel_w - 1) * dilation + 1; }  ///< the same across
  friend bool operator==(const Conv2d&, const Conv2d&) = default;
};

/// A convolution turned around: each input pixel is spread over a window of the output. [C, H, W] ->
/// [filters, H', W'], H' = (H - 1) · stride - 2 · pad + kernel. The bias is left out where a BatchNorm2d
/// follows.
struct ConvTranspose2d {
  static constexpr std::string_view name = "deconv";
  int filters = 32;  ///< output channels
  int kernel_h = 4;  ///< rows of a window of the output
  int kernel_w = 4;  ///< columns of a window of the output
  int stride = 2;    ///< output pixels from an input pixel's window to the next one's
  int pad = 1;       ///< rows and columns of the output that are left out at every side
  friend bool operator==(const ConvTranspose2d&, const ConvTranspose2d&) = default;
};

/// The largest of each window. Padding counts as minus infinity. `ceil`: a last window that only begins
/// inside counts, too.
struct MaxPool2d {
  static constexpr std::string_view name = "maxpool";
  int kernel_h = 2;   ///< rows of a window
  int kernel_w = 2;   ///< columns of a window
  int stride = 2;     ///< pixels from a window to the next, both ways
  int pad = 0;        ///< rows and columns at every side, fewer than a window's
  bool ceil = false;  ///< a last window that only begins inside counts
  friend bool operator==(const MaxPool2d&, const MaxPool2d&) = default;
};

/// The mean of each window; padding is left out of the mean, or counts as zeros where `padded`.
struct AvgPool2d {
  static constexpr std::string_view name = "avgpool";
  int kernel_h = 2;     ///< rows of a window
  int kernel_w = 2;     ///< columns of a window
  int stride = 2;       ///< pixels from a window to the next, both ways
  int pad = 0;          ///< rows and columns at every side, fewer than a window's
  bool padded = false;  ///< padding counts as zeros
  friend bool operator==(const AvgPool2d&, const AvgPool2d&) = default;
};

/// The mean of each channel: [C, H, W] -> [C, 1, 1].
struct GlobalAvgPool2d {
  static constexpr std::string_view name = "gap";
  friend bool operator==(const GlobalAvgPool2d&, const GlobalAvgPool2d&) = default;
};

/// The mean of each of height x width areas that cover the image, whatever its size: area i of n reaches
/// from floor(i · H / n) to ceil((i + 1) · H / n). [C, H, W] -> [C, height, width].
struct AdaptiveAvgPool2d {
  static constexpr std::string_view name = "adaptpool";
  int height = 7;  ///< rows of areas
  int width = 7;   ///< areas in a row
  friend bool operator==(const AdaptiveAvgPool2d&, const AdaptiveAvgPool2d&) = default;
};

/// y = gamma · (x - mean) / sqrt(variance + epsilon) + beta per channel (Ioffe and Szegedy 2015). Training
/// takes the statistics of the whole batch, merged over all shards; inference the running ones, which move by
/// `momentum` towards each batch's (variance unbiased), as in PyTorch. Keras' momentum is 1 less this one.
struct BatchNorm2d {
  static constexpr std::string_view name = "bn";
  double epsilon = 1e-5;  ///< added to the variance, 0 to below 1
  double momentum = 0.1;  ///< of the running statistics, 0 to 1
  bool biased = false;    ///< the running variance follows the batch's biased one, as in Keras
  bool scale = true;      ///< false: gamma stays 1
  friend bool operator==(const BatchNorm2d&, const BatchNorm2d&) = default;
};

/// y = gamma · (x - mean) / sqrt(variance + epsilon) + beta per channel, mean and variance over the pixels of
/// each of `groups` equal runs of channels, of each image by itself (Wu and He 2018). [C, H, W].
struct GroupNorm {
  static constexpr std::string_view name = "groupnorm";
  int groups = 32;        ///< they divide the channels
  double epsilon = 1e-5;  ///< added to the variance, 0 to below 1
  friend bool operator==(const GroupNorm&, const GroupNorm&) = default;
};

/// The same, mean and variance over the channels of each pixel by itself, or over a vector's features (Ba et
/// al. 2016, as ConvNeXt has it). [C, H, W] or [F].
struct LayerNorm {
  static constexpr std::string_view name = "layernorm";
  double epsilon = 1e-6;  ///< added to the variance, 0 to below 1
  friend bool operator==(const LayerNorm&, const LayerNorm&) = default;
};

/// A factor of each channel's own, which is learned (Touvron et al. 2021). [C, H, W] or [F].
struct LayerScale {
  static constexpr std::string_view name = "layerscale";
  double start = 1e-6;  ///< what all factors are at first
  friend bool operator==(const LayerScale&, const LayerScale&) = default;
};

/// y = W·x + b: [F] -> [units]. 0 units: as many as there are classes.
struct Linear {
  static constexpr std::string_view name = "fc";
  int units = 0;  ///< outputs; 0: as many as there are classes
  friend bool operator==(const Linear&, const Linear&) = default;
};

/// In training, zeroes each value with probability `p` and divides the rest by 1 - p.
struct Dropout {
  static constexpr std::string_view name = "dropout";
  double p = 0.5;  ///< chance that a value is zeroed, 0 to below 1
  friend bool operator==(const Dropout&, const Dropout&) = default;
};

/// [C, H, W] -> [C · H · W], channel by channel.
struct Flatten {
  static constexpr std::string_view name = "flatten";
  friend bool operator==(const Flatten&, const Flatten&) = default;
};

/// [F] -> [F / (height · width), height, width], channel by channel: what Flatten does, turned around.
struct Unflatten {
  static constexpr std::string_view name = "picture";
  int height = 7;  ///< pixels
  int width = 7;   ///< pixels
  friend bool operator==(const Unflatten&, const Unflatten&) = default;
};

/// In training, zeroes each whole channel with probability `p` and divides the rest by 1 - p (Tompson et al.
/// 2015).
struct Dropout2d {
  static constexpr std::string_view name = "dropout2d";
  double p = 0.5;  ///< chance that a channel is zeroed, 0 to below 1
  friend bool operator==(const Dropout2d&, const Dropout2d&) = default;
};

/// In training, zeroes a whole image's value with probability `p` and divides the rest by 1 - p: before an
/// Add, its branch is left out (stochastic depth, Huang et al. 2016).
struct DropPath {
  static constexpr std::string_view name = "droppath";
  double p = 0.1;  ///< chance that an image's value is zeroed, 0 to below 1
  friend bool operator==(const DropPath&, const DropPath&) = default;
};

/// Channels as groups x (C / groups), turned around: channel i of group g becomes channel i · groups + g
/// (Zhang et al. 2017). [C, H, W].
struct ChannelShuffle {
  static constexpr std::string_view name = "shuffle";
  int groups = 2;  ///< they divide the channels
  friend bool operator==(const ChannelShuffle&, const ChannelShuffle&) = default;
};

/// One of `count` equal runs of channels: [C, H, W] -> [C / count, H, W].
struct ChannelChunk {
  static constexpr std::string_view name = "chunk";
  int which = 1;  ///< 1 to count
  int count = 2;  ///< they divide the channels
  friend bool operator==(const ChannelChunk&, const ChannelChunk&) = default;
};

/// Channels `first` to `last`, counted from 1: [C, H, W] -> [last - first + 1, H, W].
struct ChannelSlice {
  static constexpr std::string_view name = "slice";
  int first = 1;  ///< 1 to C
  int last = 0;   ///< first to C; 0: C
  friend bool operator==(const ChannelSlice&, const ChannelSlice&) = default;
};

/// One channel more, which holds one number for all images of a group: how much they differ, the mean over
/// channels and pixels of the deviation over the group's images (Karras et al. 2017, "minibatch standard
/// deviation"). Groups are neighbours in a shard, the last of it may be smaller. [C, H, W] -> [C + 1, H, W].
struct BatchDeviation {
  static constexpr std::string_view name = "batchstd";
  int group = 4;  ///< images, 2 at least
  friend bool operator==(const BatchDeviation&, const BatchDeviation&) = default;
};

/// Each pixel becomes factor x factor of its kind, or, where `bilinear`, what lies between the centres of
/// pixels: [C, H, W] -> [C, factor · H, factor · W].
struct Upsample {
  static constexpr std::string_view name = "resize";
  int factor = 2;         ///< output pixels for each pixel, both ways
  bool bilinear = false;  ///< by the four nearest pixels, not the nearest
  friend bool operator==(const Upsample&, const Upsample&) = default;
};

/// max(x, 0).
struct ReLU {
  static constexpr std::string_view name = "relu";
  friend bool operator==(const ReLU&, const ReLU&) = default;
};
/// x, or slope · x where x is below 0 (Maas et al. 2013).
struct LeakyReLU {
  static constexpr std::string_view name = "lrelu";
  double slope = 0.01;  ///< 0 to below 1
  friend bool operator==(const LeakyReLU&, const LeakyReLU&) = default;
};
/// A slope below 0 of each channel's own, which is learned; 0.25 at first (He et al. 2015).
struct PReLU {
  static constexpr std::string_view name = "prelu";
  friend bool operator==(const PReLU&, const PReLU&) = default;
};
/// 1 / (1 + exp(-x)).
struct Sigmoid {
  static constexpr std::string_view name = "sigmoid";
  friend bool operator==(const Sigmoid&, const Sigmoid&) = default;
};
/// The hyperbolic tangent.
struct Tanh {
  static constexpr std::string_view name = "tanh";
  friend bool operator==(const Tanh&, const Tanh&) = default;
};
/// exp(x) over the sum of those of all features of a [F] value.
struct Softmax {
  static constexpr std::string_view name = "softmax";
  friend bool operator==(const Softmax&, const Softmax&) = default;
};

/// x · sigmoid(x), also called swish (Elfwing et al. 2017).
struct SiLU {
  static constexpr std::string_view name = "silu";
  friend bool operator==(const SiLU&, const SiLU&) = default;
};
/// x · Φ(x), exact (Hendrycks and Gimpel 2016).
struct GELU {
  static constexpr std::string_view name = "gelu";
  friend bool operator==(const GELU&, const GELU&) = default;
};
/// x between 0 and 6 (Krizhevsky 2010; MobileNet's).
struct ReLU6 {
  static constexpr std::string_view name = "relu6";
  friend bool operator==(const ReLU6&, const ReLU6&) = default;
};
/// x · min(max(x / 6 + 1/2, 0), 1) (Howard et al. 2019).
struct HardSwish {
  static constexpr std::string_view name = "hardswish";
  friend bool operator==(const HardSwish&, const HardSwish&) = default;
};
/// min(max(x / 6 + 1/2, 0), 1) (Howard et al. 2019).
struct HardSigmoid {
  static constexpr std::string_view name = "hardsigmoid";
  friend bool operator==(const HardSigmoid&, const HardSigmoid&) = default;
};
/// The sum of its inputs, all of one shape. In a network it is written as Branches.
struct Add {
  static constexpr std::string_view name = "add";
  friend bool operator==(const Add&, const Add&) = default;
};
/// Its inputs' channels, or features, one after the other: [C1, H, W], [C2, H, W] -> [C1 + C2, H, W].
struct Concat {
  static constexpr std::string_view name = "cat";
  friend bool operator==(const Concat&, const Concat&) = default;
};

/// The product of its two inputs, of one shape, or one of them [C, 1, 1]: a factor for all of a channel's
/// pixels (squeeze and excitation, Hu et al. 2017). In a network it is written as Branches.
struct Multiply {
  static constexpr std::string_view name = "mul";
  friend bool operator==(const Multiply&, const Multiply&) = default;
};

/// Its first input plus a number for each channel, which is its second, [C, 1, 1]: what Add becomes in a
/// graph where some of its branches give one number for all of a channel's pixels.
struct ChannelShift {
  static constexpr std::string_view name = "shift";
  friend bool operator==(const ChannelShift&, const ChannelShift&) = default;
};

/// At the beginning of a branch: the network's input, not the value so far. A graph has no node for it.
struct Input {
  static constexpr std::string_view name = "input";
  friend bool operator==(const Input&, const Input&) = default;
};

class CustomLayer;
/// One that somebody registered, see custom_layer.h.
struct Custom {
  static constexpr std::string_view name = "custom";  ///< of the kind; the notation knows CustomLayer::name()
  std::shared_ptr<const CustomLayer> layer;           ///< never null
  friend bool operator==(const Custom&, const Custom&) = default;
};

/// Any of them.
using Layer =
    std::variant<Conv2d, ConvTranspose2d, MaxPool2d, AvgPool2d, GlobalAvgPool2d, BatchNorm2d, Linear, Dropout,
                 Dropout2d, Upsample, Flatten, ReLU, LeakyReLU, Sigmoid, Tanh, SiLU, GELU, Softmax, Add,
                 Concat, Custom, PReLU, AdaptiveAvgPool2d, Unflatten, ReLU6, HardSwish, HardSigmoid, Multiply,
                 GroupNorm, LayerNorm, LayerScale, DropPath, ChannelShuffle, ChannelChunk, ChannelSlice,
                 BatchDeviation, ChannelShift, Input>;

// Layers by what the rules about them have in common. A new layer is in none of them until it is named: rules
// that it then lacks don't compile.
/// True where L is one of `Among`.
template <class L, class... Among>
concept AnyOf = (std::same_as<L, Among> || ...);
/// Value by value, f(x).
template <class L>
concept Activation = AnyOf<L, ReLU, LeakyReLU, ReLU6, Sigmoid, Tanh, SiLU, GELU, HardSwish, HardSigmoid>;
/// Written as its name alone.
template <class L>
concept NameOnly = AnyOf<L, GlobalAvgPool2d, Flatten, ReLU, ReLU6, PReLU, Sigmoid, Tanh, SiLU, GELU,
                         HardSwish, HardSigmoid, Softmax, Input>;
/// Several values become one.
template <class L>
concept JoinLayer = AnyOf<L, Add, Concat, Multiply, ChannelShift>;
/// Nothing of it is learned, and it keeps no statistics.
template <class L>
concept WithoutParameters =
    Activation<L> || JoinLayer<L> ||
    AnyOf<L, MaxPool2d, AvgPool2d, GlobalAvgPool2d, AdaptiveAvgPool2d, Dropout, Dropout2d, DropPath, Upsample,
          Flatten, Unflatten, Softmax, ChannelShuffle, ChannelChunk, ChannelSlice, BatchDeviation, Input>;

struct Part;
/// A chain of layers and branches.
using Network = std::vector<Part>;

/// Chains side by side, all from the same value; an empty one is the value itself. What they give is joined.
struct Branches {
  /// Add: their sum, all of one shape, or some a number for each channel of the others. Concat: their
  /// channels, or features, one after the other. Multiply: the product of two.
  enum class Join { Add, Concat, Multiply };
  Join join = Join::Add;                                         ///< how they become one value
  std::vector<Network> chains;                                   ///< at least one
  friend bool operator==(const Branches& a, const Branches& b);  ///< by their members
};

/// A head at the side: a chain from the value so far, which itself goes on unchanged. It ends in as many
/// numbers as the network, and learns the same labels; its loss counts `weight` times. Only training runs it.
struct Side {
  double weight = 0.4;                                   ///< of its loss, above 0 to 1
  Network chain;                                         ///< at least one layer, no other head
  friend bool operator==(const Side& a, const Side& b);  ///< by their members
};

/// One element of a chain: Part(Conv2d{}), Part(Branches{…}), Part(Side{…}), or any as it stands.
struct Part {
  /// A head at the side.
  Part(Side side) : is(std::move(side)) {}  // NOLINT
  /// Branches.
  Part(Branches branches) : is(std::move(branches)) {}  // NOLINT: a chain is written as a list of layers
  /// Any layer.
  template <class L>
    requires std::is_constructible_v<Layer, L>
  Part(L layer) : is(Layer(std::move(layer))) {}                                 // NOLINT
  std::variant<Layer, Branches, Side> is;                                        ///< which it is
  friend bool operator==(const Part& a, const Part& b) { return a.is == b.is; }  ///< by what they are
};

inline bool operator==(const Branches& a, const Branches& b) {
  return a.join == b.join && a.chains == b.chains;
}

inline bool operator==(const Side& a, const Side& b) { return a.weight == b.weight && a.chain == b.chain; }

}  // namespace doppel::nn
