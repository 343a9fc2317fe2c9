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

/// Fitted to the times of 300 shapes each (1 to 64 images of 1x1 to 32x32, 16 to 512 channels) on an Intel
/// Xeon of the Ice Lake generation with oneDNN 2.6: whoever chooses by them takes 1 to 2 % longer, over all
/// shapes, than who has timed each. DNNL_MAX_CPU_ISA=AVX2 gave those of 8 numbers.
constexpr Costs kPredictionOf16{{1.85e-2, 0, 1.52e-2, 0.18, 3980}, {1.62e-2, 0.106, 3.3e-2, 2.48e-2, 250}};
constexpr Costs kTrainingOf16{{6.21e-2, 0, 0.179, 0.266, 6420}, {5.46e-2, 0.392, 0.358, 0.184, 0}};
constexpr Costs kPredictionOf8{{2e-2, 6.28e-3, 2.54e-2, 0, 2400}, {2.37e-2, 9.94e-2, 2.35e-2, 2.98e-2, 1900}};
constexpr Costs kTrainingOf8{{6.55e-2, 2.86e-3, 0.275, 0, 5720}, {8.4e-2, 0.322, 0.391, 0.195, 0}};

double direct_nanoseconds(const DirectCost& cost, const Conv2d& layer, const Node& conv, double rows) {
  const double weights = double(conv.in.channels) * layer.filters * layer.kernel_h * layer.kernel_w;
  const double lines = rows * conv.out.height, places = lines * conv.out.width;
  return cost.product * places * weights + cost.row * lines * weights + cost.weight * weights +
         cost.output * places * layer.filters + cost.call;
}

double winograd_nanoseconds(const WinogradCost& cost, const Conv2d& layer, const Node& conv, double rows) {
  constexpr int kTile = 4;  // outputs
  constexpr double kCache = 1e6;
  const double numbers = double(layer.kernel_h + kTile - 1) * (layer.kernel_w + kTile - 1);
  const double tiles =
      rows * ((conv.out.height + kTile - 1) / kTile) * ((conv.out.width + kTile - 1) / kTile);
  const double weights = double(conv.in.channels) * layer.filters * numbers;
  return cost.product * tiles * weights + cost.number * tiles * (conv.in.channels + layer.filters) * numbers +
         cost.weight * weights + cost.far * std::max(0.0, sizeof(float) * weights - kCache) + cost.call;
}

}  // namespace

std::optional<double> expected_seconds(ConvKernel kernel, const Node& conv, int rows, bool training) {
  if (multiplies_bf16(kernel) || !suits_winograd(conv)) return {};
  const bool wide = usual_blocks().block == 16;
  const Costs& costs = training ? wide ? kTrainingOf16 : kTrainingOf8
                       : wide   ? kPredictionOf16
                                : kPredictionOf8;
  const auto& layer = std::get<Conv2d>(conv.layer);
  constexpr double kNano = 1e-9;
  if (kernel == ConvKernel::Winograd) return kNano * winograd_nanoseconds(costs.winograd, layer, conv, rows);
  // Without AVX-512 oneDNN has a reference loop alone for the weights' gradient of so narrow an image.
  constexpr double kReference = 100;
  const bool has_none = training && !wide && conv.out.width < layer.kernel_w;
  return kNano * direct_nanoseconds(costs.direct, layer, conv, rows) * (has_none ? kReference : 1);
}

}  // namespace doppel::nn::engine
