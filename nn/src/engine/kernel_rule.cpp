#include "kernel_rule.h"

#include <algorithm>

#include "step.h"

namespace doppel::nn::engine {
namespace {

/// Nanoseconds.
struct DirectCost {
  double product;  ///< for each of an output's weights
  double row;      ///< for each weight and row of outputs
  double weight;
  double output;
  double call;
};
struct WinogradCost {
  double product;  ///< for each number of a tile, by each pair of channels
  double number;   ///< of a tile, of the channels that come in and of those that go out
  double weight;   ///< for each number of a transformed filter
  double far;      ///< for each byte of transformed filters beyond what a core's own cache holds
  double call;
};
struct Costs {
  DirectCost direct;
  WinogradCost winograd;
};
/// By the width of vectors.
struct CostsByBlock {
  Costs of8, of16;
};

/// Fitted to the times of 300 shapes each (1 to 64 images of 1x1 to 32x32, 16 to 512 channels) on an Intel
/// Xeon of the Ice Lake generation with oneDNN 2.6: whoever chooses by them takes 1 to 2 % longer, over all
/// shapes, than who has timed each. DNNL_MAX_CPU_ISA=AVX2 gave those of 8 numbers.
constexpr CostsByBlock kPrediction{
    .of8 = {{2e-2, 6.28e-3, 2.54e-2, 0, 2400}, {2.37e-2, 9.94e-2, 2.35e-2, 2.98e-2, 1900}},
    .of16 = {{1.85e-2, 0, 1.52e-2, 0.18, 3980}, {1.62e-2, 0.106, 3.3e-2, 2.48e-2, 250}}};
constexpr CostsByBlock kTraining{
    .of8 = {{6.55e-2, 2.86e-3, 0.275, 0, 5720}, {8.4e-2, 0.322, 0.391, 0.195, 0}},
    .of16 = {{6.21e-2, 0, 0.179, 0.266, 6420}, {5.46e-2, 0.392, 0.358, 0.184, 0}}};
/// Of 4x4 in steps of 2, fitted to 60 shapes with vectors of 16 numbers and 34 with 8 (1 to 64 images of 4x4
/// to 56x56, 32 to 512 channels): 0 to 4 % longer. Both kinds train by the same three passes.
constexpr CostsByBlock kStridedPrediction{
    .of8 = {{2.58e-2, 0, 0.216, 0, 0}, {2.69e-2, 0.186, 0, 5.59e-2, 7090}},
    .of16 = {{2.36e-2, 0, 4.82e-2, 0, 1480}, {2.3e-2, 5.14e-2, 0, 3.81e-2, 6780}}};
constexpr CostsByBlock kTransposedPrediction{
    .of8 = {{2.75e-2, 9.66e-3, 0.165, 2.14, 0}, {3e-2, 0.272, 0, 5.01e-2, 8850}},
    .of16 = {{2.56e-2, 0, 6.71e-2, 0.578, 106}, {2.39e-2, 0.121, 3.02e-2, 3.18e-2, 0}}};
constexpr CostsByBlock kStridedTraining{
    .of8 = {{8.75e-2, 4.09e-2, 0.531, 0, 0}, {9.63e-2, 0.689, 0.468, 0.122, 0}},
    .of16 = {{7.63e-2, 5.29e-2, 0.549, 0, 0}, {6.53e-2, 0.62, 0.36, 0.158, 0}}};

/// Of bfloat16, which only wide vectors multiply: fitted to 500 shapes each (1 to 64 images of 4x4 to 56x56,
/// 32 to 512 channels; 393 in steps of 1, 107 of 2) on an AMD EPYC of the Zen 5 generation with oneDNN 2.6:
/// 0.7 to 1.4 % longer. Products of bfloat16 take the place of direct ones, and Winograd's read and write
/// bfloat16.
constexpr Costs kBf16Prediction{{3.3e-3, 0, 0, 9.01e-2, 1550}, {9.19e-3, 4.66e-2, 6.01e-3, 7.56e-3, 723}};
constexpr Costs kBf16Training{{1.18e-2, 0, 2.75e-2, 0.279, 6060}, {3.11e-2, 0.11, 9.44e-2, 4.77e-2, 613}};
constexpr Costs kStridedBf16Prediction{{3.57e-3, 5.73e-4, 0, 0, 2310}, {9.28e-3, 0, 0, 7.3e-3, 4100}};
constexpr Costs kStridedBf16Training{{1.29e-2, 0, 8.98e-2, 0, 2390}, {2.99e-2, 3.72e-2, 0, 5.84e-2, 27800}};

const CostsByBlock& costs_of(const ConvWindows& layer, bool training) {
  if (layer.stride == 1) return training ? kTraining : kPrediction;
  return training ? kStridedTraining : layer.transposed ? kTransposedPrediction : kStridedPrediction;
}

const Costs& bf16_costs_of(const ConvWindows& layer, bool training) {
  if (layer.stride == 1) return training ? kBf16Training : kBf16Prediction;
  return training ? kStridedBf16Training : kStridedBf16Prediction;
}

/// Whichever side of it is the smaller.
const Shape& small_side(const ConvWindows& layer, const Node& conv) {
  return layer.transposed ? conv.in : conv.out;
}

double direct_nanoseconds(const DirectCost& cost, const ConvWindows& layer, const Node& conv, double rows) {
  const double weights = double(conv.in.channels) * layer.filters * layer.kernel_h * layer.kernel_w;
  const Shape& small = small_side(layer, conv);
  const double lines = rows * small.height, places = lines * small.width;
  return cost.product * places * weights + cost.row * lines * weights + cost.weight * weights +
         cost.output * places * layer.filters + cost.call;
}

double winograd_nanoseconds(const WinogradCost& cost, const ConvWindows& layer, const Node& conv,
                            double rows) {
  constexpr int kTile = 4;  // outputs
  constexpr double kCache = 1e6;
  const int phases = layer.stride * layer.stride, side = layer.kernel_h / layer.stride + kTile - 1;
  const double numbers = double(side) * side * phases;
  const Shape& small = small_side(layer, conv);
  const double tiles = rows * ((small.height + kTile - 1) / kTile) * ((small.width + kTile - 1) / kTile);
  const double weights = double(conv.in.channels) * layer.filters * numbers;
  return cost.product * tiles * weights + cost.number * tiles * (conv.in.channels + layer.filters) * numbers +
         cost.weight * weights + cost.far * std::max(0.0, sizeof(float) * weights - kCache) + cost.call;
}

}  // namespace

std::optional<double> expected_seconds(ConvKernel kernel, const Node& conv, int rows, bool training,
                                       bool bf16) {
  if (!suits_winograd(conv)) return {};
  ConvWindows layer = windows_of(conv).value();
  // Those of AMX nobody has fitted; and a transposed convolution of bfloat16 has no choice.
  const bool known =
      kernel == ConvKernel::Winograd || kernel == (bf16 ? ConvKernel::Bf16 : ConvKernel::Direct);
  if (!known || (bf16 && layer.transposed)) return {};
  const int block = usual_blocks().block;
  layer.filters = (layer.filters + block - 1) / block * block;
  const CostsByBlock& of_floats = costs_of(layer, training);
  const bool wide = block == 16;
  const Costs& costs = bf16 ? bf16_costs_of(layer, training) : wide ? of_floats.of16 : of_floats.of8;
  constexpr double kNano = 1e-9;
  if (kernel == ConvKernel::Winograd) return kNano * winograd_nanoseconds(costs.winograd, layer, conv, rows);
  // Without AVX-512 oneDNN has a reference loop alone for the weights' gradient of so narrow an image, in
  // steps of 1.
  constexpr double kReference = 100;
  const bool has_none = training && !wide && layer.stride == 1 && conv.out.width < layer.kernel_w;
  return kNano * direct_nanoseconds(costs.direct, layer, conv, rows) * (has_none ? kReference : 1);
}

}  // namespace doppel::nn::engine
