// Layers of your own.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "doppel/nn/model/graph.h"

namespace doppel::nn {

/// A layer without parameters that works sample by sample: derive from it, register it, and the notation
/// knows its name. Called from several threads at once.
///
///     struct Square final : nn::CustomLayer {
///       std::string name() const override { return "square"; }
///       void forward(std::span<const float> x, std::span<float> y) const override {
///         for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] * x[i];
///       }
///       void backward(std::span<const float> x, std::span<const float>, std::span<const float> dy,
///                     std::span<float> dx) const override {
///         for (std::size_t i = 0; i < x.size(); ++i) dx[i] = 2 * x[i] * dy[i];
///       }
///     };
///     nn::register_layer(std::make_shared<Square>());
///     nn::parse_network("conv3x3(8)-square-gap-fc");
class CustomLayer {
 public:
  virtual ~CustomLayer() = default;
  /// Lower-case letters; not a layer's of the notation.
  virtual std::string name() const = 0;
  /// Of the output, from the input's. Throw UsageError where it doesn't fit.
  virtual Shape shape(const Shape& in) const { return in; }
  /// One sample: x as [C, H, W] or [F], y likewise in the output's shape.
  virtual void forward(std::span<const float> x, std::span<float> y) const = 0;
  /// dx = what dy means for x.
  virtual void backward(std::span<const float> x, std::span<const float> y, std::span<const float> dy,
                        std::span<float> dx) const = 0;
};

/// Makes the notation know the layer. Throws UsageError for a name that can't be, or that is taken by a layer
/// of the notation; another layer of yours with that name is replaced.
void register_layer(std::shared_ptr<const CustomLayer> layer);
/// Null where there is none of that name.
std::shared_ptr<const CustomLayer> registered_layer(const std::string& name);

}  // namespace doppel::nn
