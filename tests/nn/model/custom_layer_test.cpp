#include "doppel/nn/model/custom_layer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/formats/onnx.h"
#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

/// Every second row and column, squared.
struct SparseSquares final : CustomLayer {
  std::string name() const override { return "sparsesquares"; }
  Shape shape(const Shape& in) const override {
    if (in.flat) throw UsageError("sparsesquares works on images");
    return {in.channels, in.height / 2, in.width / 2};
  }
  void forward(std::span<const float> x, std::span<float> y) const override {
    each(x.size(), [&](std::size_t from, std::size_t to) { y[to] = x[from] * x[from]; });
  }
  void backward(std::span<const float> x, std::span<const float>, std::span<const float> dy,
                std::span<float> dx) const override {
    std::ranges::fill(dx, 0.F);
    each(x.size(), [&](std::size_t from, std::size_t to) { dx[from] = 2 * x[from] * dy[to]; });
  }
  /// For images of 8x8.
  template <class F>
  static void each(std::size_t count, F f) {
    for (std::size_t c = 0; c < count / 64; ++c)
      for (std::size_t y = 0; y < 4; ++y)
        for (std::size_t x = 0; x < 4; ++x) f(c * 64 + 16 * y + 2 * x, c * 16 + 4 * y + x);
  }
};

TEST(CustomLayer, TrainsPrintsAndIsNotExported) {
  EXPECT_THROW(parse_network("conv3x3(16)-sparsesquares-fc"), UsageError);
  register_layer(std::make_shared<SparseSquares>());
  const Network network = parse_network("conv3x3(16)-tanh-sparsesquares-conv3x3(8)-fc(3)");
  EXPECT_EQ(parse_network(network_text(network)), network);
  EXPECT_NE(network_text(network).find("-sparsesquares-"), std::string::npos);
  const Graph graph = build_graph(network, {2, 8, 8});
  EXPECT_EQ(graph.nodes[2].out, (Shape{16, 4, 4}));
  EXPECT_THROW(build_graph(parse_network("fc(3)-sparsesquares"), {2, 8, 8}), UsageError);
  // The gradient of the first filters against differences of the loss.
  Model model(graph, 1);
  Executor executor(model, {.batch = 4, .shards = 2});
  std::vector<float> images(4 * 128);
  const Stream s{.seed = 3};
  for (std::size_t i = 0; i < images.size(); ++i)
    images[i] = static_cast<float>(s.split("at", i).normal("v"));
  const std::vector<int> labels{0, 1, 2, 1};
  const auto loss = [&] {
    executor.parameters_changed();
    return executor.train(images, labels, CrossEntropy{.smoothing = 0}, 0).loss / 4;
  };
  loss();
  Parameter& weight = *model.find("conv1", "weight");
  const auto gradient = weight.grad;
  for (std::size_t i = 0; i < gradient.size(); i += 37) {
    const float before = weight.value[i];
    weight.value[i] = before + 0.01F;
    const double up = loss();
    weight.value[i] = before - 0.01F;
    const double down = loss();
    weight.value[i] = before;
    EXPECT_NEAR((up - down) / 0.02, gradient[i],
                2e-3 * std::max(1.0, std::abs(static_cast<double>(gradient[i]))));
  }
  EXPECT_THROW(to_onnx(model, {}), Error);
}

struct Named final : CustomLayer {
  explicit Named(std::string n) : name_(std::move(n)) {}
  std::string name() const override { return name_; }
  void forward(std::span<const float>, std::span<float>) const override {}
  void backward(std::span<const float>, std::span<const float>, std::span<const float>,
                std::span<float>) const override {}
  std::string name_;
};

TEST(CustomLayer, NamesMustBeFreeAndReadable) {
  for (const char* name : {"", "Relu", "fast2", "a-b", "relu", "conv", "fc"})
    EXPECT_THROW(register_layer(std::make_shared<Named>(name)), UsageError) << name;
}

}  // namespace
}  // namespace doppel::nn
