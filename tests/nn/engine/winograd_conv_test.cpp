#include "engine/conv_kernel.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

const std::map<std::string, std::string> kWinogradEverywhere{{"conv1", "winograd4x4"},
                                                             {"conv2", "winograd4x4"},
                                                             {"deconv1", "winograd4x4"},
                                                             {"deconv2", "winograd4x4"}};

bool has_winograd(const std::string& text, const Shape& in) {
  const Graph graph = build_graph(parse_network(text), in, 5);
  return std::ranges::any_of(
      graph.nodes, [](const Node& node) { return engine::windows_of(node) && engine::suits_winograd(node); });
}

TEST(WinogradConv, InStepsOfTwoMatchesTheReference) {
  if (!has_winograd("conv4x4(32,s2)-fc", {32, 8, 8})) GTEST_SKIP() << "no loops for this processor";
  for (const int shards : {1, 2}) {
    expect_reference_gradients("conv4x4(48,s2,p1)-bn-relu-conv4x4(32,s2,p1,bias)-lrelu(0.2)-fc", {32, 13, 10},
                               3, shards, kWinogradEverywhere);
    expect_reference_gradients("conv4x4(32,s2,valid)-relu-conv4x4(32,s2)-fc", {32, 12, 9}, 3, shards,
                               kWinogradEverywhere);
    expect_reference_gradients("conv3x3(48)-bn-relu-deconv4x4(32)-bn-relu-deconv4x4(32)-lrelu(0.2)-fc",
                               {3, 3, 2}, 3, shards, kWinogradEverywhere);
    expect_reference_gradients("conv3x3(32)-relu-deconv4x4(32,valid)-relu-deconv4x4(32,s2,p2)-fc", {3, 3, 4},
                               2, shards, kWinogradEverywhere);
  }
}

/// What a network's gradients are, one after the other.
std::vector<float> gradients_by(int threads, const std::map<std::string, std::string>& kernels) {
  Model model = noisy_model(
      build_graph(parse_network("conv4x4(32,s2)-relu-deconv4x4(48)-bn-relu-fc"), {32, 8, 8}, 5), 3);
  Executor executor(model, {.batch = 7, .shards = 3, .threads = threads, .kernels = kernels});
  const auto noise = reference_noise(7 * 32 * 64, 5);
  const std::vector<float> images(noise.begin(), noise.end());
  executor.train(images, std::vector{0, 1, 2, 3, 4, 0, 1}, CrossEntropy{.smoothing = 0}, 0);
  std::vector<float> all;
  for (const Parameter& p : model.parameters()) all.insert(all.end(), p.grad.begin(), p.grad.end());
  for (const KernelInfo& k : executor.kernels()) {
    if (k.node != "deconv1" && k.node != "conv1") continue;
    EXPECT_EQ(k.implementation == "winograd4x4", kernels.at(k.node) == "winograd4x4") << k.node << k.pass;
  }
  return all;
}

TEST(WinogradConv, GivesTheSameBitsOnAnyThreads) {
  if (!has_winograd("conv4x4(32,s2)-fc", {32, 8, 8})) GTEST_SKIP() << "no loops for this processor";
  const auto one = gradients_by(1, kWinogradEverywhere);
  EXPECT_EQ(one, gradients_by(2, kWinogradEverywhere));
  EXPECT_NE(one, gradients_by(2, {{"conv1", "direct"}, {"deconv1", "direct"}}));
}

// Filters that don't fill a block, as a generator's last ones.
TEST(WinogradConv, OfFewFiltersIsFilledUp) {
  if (!has_winograd("conv4x4(32,s2)-fc", {32, 8, 8})) GTEST_SKIP() << "no loops for this processor";
  for (const int shards : {1, 2})
    expect_reference_gradients("conv3x3(32)-relu-deconv4x4(19)-relu-deconv4x4(3)-tanh-fc", {3, 3, 5}, 3,
                               shards, kWinogradEverywhere);
  Model model = noisy_model(build_graph(parse_network("deconv4x4(3)-fc"), {32, 4, 4}, 5), 3);
  const Executor executor(model, {.batch = 2, .kernels = kWinogradEverywhere});
  EXPECT_EQ(executor.chosen_kernels().at("deconv1"), "winograd4x4");
}

// What a generator learns from a discriminator's first convolution.
TEST(WinogradConv, GradientsOfPlanesAreTheSumsOfProducts) {
  for (const auto& [channels, height, width, pad] : {std::array{3, 9, 8, 1}, {1, 6, 7, 0}, {2, 5, 12, 2}}) {
    const Shape in{channels, height, width};
    const auto noise = reference_noise(3 * static_cast<std::size_t>(in.count()), 1);
    EngineRun run("conv4x4(32,s2,p" + std::to_string(pad) + ")", in, {noise.begin(), noise.end()});
    const int down = (height + 2 * pad - 4) / 2 + 1, across = (width + 2 * pad - 4) / 2 + 1;
    ASSERT_EQ(run.y.size(), static_cast<std::size_t>(3 * 32 * down * across));
    const auto other = reference_noise(run.y.size(), 2);
    const std::vector<float> dy(other.begin(), other.end()), dx = run.back(dy),
                                                             &w = run.model.find("conv1", "weight")->value;
    std::vector<double> expected(dx.size());
    for (int plane = 0; plane < 3 * 32; ++plane)
      for (int y = 0; y < down; ++y)
        for (int x = 0; x < across; ++x)
          for (int i = 0; i < channels * 16; ++i) {
            const int c = i / 16, py = 2 * y - pad + i / 4 % 4, px = 2 * x - pad + i % 4;
            if (py < 0 || py >= height || px < 0 || px >= width) continue;
            const int to = ((plane / 32 * channels + c) * height + py) * width + px;
            expected[static_cast<std::size_t>(to)] +=
                static_cast<double>(w[static_cast<std::size_t>(plane % 32 * channels * 16 + i)]) *
                dy[static_cast<std::size_t>((plane * down + y) * across + x)];
          }
    EXPECT_LT(relative_error(dx, expected), 1e-5) << in.text();
  }
}

}  // namespace
}  // namespace doppel::nn
