// bfloat16: what it may round, and what not.
#include "engine/bf16_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/random.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/optimizer.h"

namespace doppel::nn {
namespace {

std::vector<float> random_images(std::size_t n, std::uint64_t seed) {
  std::vector<float> v(n);
  const Stream s{.seed = seed};
  for (std::size_t i = 0; i < n; ++i) v[i] = static_cast<float>(s.split("at", i).normal("v"));
  return v;
}

std::vector<int> some_labels(std::size_t n, int classes) {
  std::vector<int> labels(n);
  for (std::size_t i = 0; i < n; ++i) labels[i] = static_cast<int>(i) % classes;
  return labels;
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double ab = 0, aa = 1e-30, bb = 1e-30;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    ab += x * y, aa += x * x, bb += y * y;
  }
  return ab / std::sqrt(aa * bb);
}

/// Networks whose values are bfloat16 here and there, or everywhere but at the end.
constexpr std::array kNetworks{
    "conv5x5(32)-relu-pool-conv5x5(64)-relu-pool-fc(128)-relu-fc",
    "conv3x3(16,s2)-bn-relu-add[conv1x1(16)-bn-relu-conv3x3(16)-bn-relu-conv1x1(16)-bn|]-relu-gap-fc",
    "conv3x3(32,s2)-bn-lrelu(0.1)-cat[conv1x1(16)-relu|conv5x5(32)-relu|maxpool3x3(s1,p1)-conv1x1(16)]-gap-"
    "fc",
    "conv3x3(64)-bn-relu-conv3x3(64)-bn-relu-maxpool3x3(s2,p1)-conv1x1(48,s2)-bn-silu-flatten-fc",
    "conv3x3(12)-relu-conv3x3(32,s2)-tanh-conv1x1(32)-dropout(0.1)-avgpool-fc",
    "conv5x5(32,s2)-bn-relu-deconv4x4(16)-bn-relu-deconv4x4(3)-tanh-conv5x5(16,s4)-gap-fc",
    "conv5x5(16,s4)-relu-deconv4x4(32)-relu-deconv4x4(24)-lrelu-maxpool-flatten-fc"};

/// What the images are, which kernels run, and how nearly each gradient has the floats' direction.
struct Way {
  int channels;
  std::string kernel;  ///< of the convolutions that have a choice
  WeightGradients weight_gradients;
  double least;
};

void expect_directions_of_floats(const std::string& text, const Way& way) {
  SCOPED_TRACE(text + ", " + std::to_string(way.channels) + " channels, " + way.kernel + ", loops " +
               std::to_string(static_cast<int>(way.weight_gradients)));
  const double least = way.least;
  const Graph graph = build_graph(parse_network(text), {way.channels, 20, 20}, 5);
  Model floats(graph, 3), bf16_numbers(graph, 3);
  const auto images = random_images(std::size_t{16} * 400 * static_cast<std::size_t>(way.channels), 1);
  const auto labels = some_labels(16, 5);
  const auto run = [&](Model& model, Precision precision) {
    ExecutorOptions options{.batch = 20,
                            .shards = 2,
                            .seed = 4,
                            .precision = precision,
                            .weight_gradients = way.weight_gradients};
    for (const Node& node : graph.nodes) options.kernels[node.name] = way.kernel;
    return Executor(model, options).train(images, labels, CrossEntropy{.smoothing = 0}, 0).loss / 16;
  };
  const double loss = run(floats, Precision::F32);
  EXPECT_NEAR(run(bf16_numbers, Precision::BF16), loss, 0.03 * loss);
  bool rounded = false;
  for (std::size_t p = 0; p < floats.parameters().size(); ++p) {
    const Parameter &a = floats.parameters()[p], &b = bf16_numbers.parameters()[p];
    rounded = rounded || a.grad != b.grad;
    double size = 0;
    for (const float g : a.grad) size = std::max(size, static_cast<double>(std::abs(g)));
    // A bias before BatchNorm has no gradient but for rounding.
    if (size > 1e-3) { EXPECT_GT(cosine(a.grad, b.grad), least) << a.name; }
  }
  EXPECT_TRUE(rounded);
}

TEST(Bf16, GradientsPointWhereThoseOfFloatsDo) {
  if (!has_bf16()) GTEST_SKIP() << "this processor doesn't multiply bfloat16";
  for (const char* text : kNetworks) {
    expect_directions_of_floats(text, {3, "winograd4x4", WeightGradients::Fastest, 0.98});
    expect_directions_of_floats(text, {3, "bf16", WeightGradients::Fastest, 0.98});
    expect_directions_of_floats(text, {3, "bf16_nhwc", WeightGradients::Fastest, 0.98});
  }
}

TEST(Bf16, AnyNumberOfChannelsIsReadForWhatItIs) {
  if (!has_bf16()) GTEST_SKIP() << "this processor doesn't multiply bfloat16";
  constexpr double kRead = 0.97;  // what is misread points nowhere: -0.1 to 0.5
  for (const int channels : {1, 3, 4, 16})
    for (const auto loops : {WeightGradients::Fastest, WeightGradients::Own, WeightGradients::OneDnn})
      for (const char* text : kNetworks) expect_directions_of_floats(text, {channels, "bf16", loops, kRead});
  for (const int channels : {1, 16, 24})
    for (const char* text : kNetworks)
      expect_directions_of_floats(text, {channels, "bf16_nhwc", WeightGradients::Fastest, kRead});
}

TEST(Bf16, ThreadsDoNotChangeABit) {
  if (!has_bf16()) GTEST_SKIP() << "this processor doesn't multiply bfloat16";
  const Graph graph = build_graph(parse_network(kNetworks[1]), {3, 20, 20}, 5);
  for (const char* kernel : {"bf16", "bf16_nhwc"}) {
    std::map<std::string, std::string> kernels;
    for (const Node& node : graph.nodes) kernels[node.name] = kernel;
    std::vector<std::vector<float>> finals;
    for (const int threads : {1, 2, 4}) {
      Model model(graph, 2);
      Executor executor(
          model,
          {.batch = 16, .shards = 4, .threads = threads, .precision = Precision::BF16, .kernels = kernels});
      Optimizer optimizer(model, {});
      for (std::uint64_t step = 0; step < 4; ++step) {
        executor.train(random_images(15 * 3 * 400, step), some_labels(15, 5), CrossEntropy{.smoothing = 0.1},
                       step);
        optimizer.step(model, executor, 0.01);
      }
      finals.emplace_back();
      for (const Parameter& p : model.parameters())
        finals.back().insert(finals.back().end(), p.value.begin(), p.value.end());
    }
    EXPECT_EQ(finals[0], finals[1]) << kernel;
    EXPECT_EQ(finals[0], finals[2]) << kernel;
  }
}

TEST(Bf16, WhatComesOutAreFloats) {
  for (const char* text : {"conv5x5(32,s2)-relu", "conv5x5(32,s2)-bn", "conv5x5(32,s2)-add[conv1x1(32)|]"}) {
    const Graph graph = build_graph(parse_network(text), {3, 8, 8});
    const std::vector kernels(graph.nodes.size(), engine::ConvKernel::Bf16);
    EXPECT_FALSE(engine::bf16_values(graph.nodes, kernels).back()) << text;
  }
}

TEST(Bf16, ValuesAreFloatsWhereSomeoneNeedsThem) {
  const Graph graph = build_graph(
      parse_network("conv5x5(32)-relu-pool-conv5x5(64)-tanh-conv3x3(64)-add[conv1x1(64)|]-gap-fc"),
      {3, 16, 16}, 4);
  std::vector<engine::ConvKernel> kernels;
  for (const Node& node : graph.nodes)
    kernels.push_back(node.name == "conv3" ? engine::ConvKernel::Direct : engine::ConvKernel::Winograd);
  const std::vector<bool> bf16 = engine::bf16_values(graph.nodes, kernels);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const std::string& name = graph.nodes[i].name;
    // tanh reads conv2, conv3 multiplies floats, and what is added to it has its type.
    EXPECT_EQ(bf16[i], name == "conv1" || name == "relu1" || name == "maxpool1") << name;
  }
}

}  // namespace
}  // namespace doppel::nn
