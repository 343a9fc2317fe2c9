#include "engine/conv_kernel.h"

#include <gtest/gtest.h>

#include <map>

#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

/// Of networks whose first convolution makes blocks of planes, and is none of these.
const std::map<std::string, std::string> kWinogradEverywhere{{"conv3", "winograd4x4"},
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
    expect_reference_gradients("conv3x3(32)-conv4x4(48,s2,p1)-bn-relu-conv4x4(32,s2,p1,bias)-lrelu(0.2)-fc",
                               {3, 13, 10}, 3, shards, kWinogradEverywhere);
    expect_reference_gradients("conv3x3(32)-relu-conv4x4(32,s2,valid)-relu-conv4x4(32,s2)-fc", {3, 12, 9}, 3,
                               shards, kWinogradEverywhere);
    expect_reference_gradients("conv3x3(48)-bn-relu-deconv4x4(32)-bn-relu-deconv4x4(32)-lrelu(0.2)-fc",
                               {3, 3, 2}, 3, shards, kWinogradEverywhere);
    expect_reference_gradients("conv3x3(32)-relu-deconv4x4(32,valid)-relu-deconv4x4(32,s2,p2)-fc", {3, 3, 4},
                               2, shards, kWinogradEverywhere);
  }
}

/// What a network's gradients are, one after the other.
std::vector<float> gradients_by(int threads, const std::map<std::string, std::string>& kernels) {
  Model model = noisy_model(
      build_graph(parse_network("conv3x3(32)-conv4x4(32,s2)-relu-deconv4x4(48)-bn-relu-fc"), {3, 8, 8}, 5),
      3);
  Executor executor(model, {.batch = 7, .shards = 3, .threads = threads, .kernels = kernels});
  const auto noise = reference_noise(7 * 3 * 64, 5);
  const std::vector<float> images(noise.begin(), noise.end());
  executor.train(images, std::vector{0, 1, 2, 3, 4, 0, 1}, CrossEntropy{.smoothing = 0}, 0);
  std::vector<float> all;
  for (const Parameter& p : model.parameters()) all.insert(all.end(), p.grad.begin(), p.grad.end());
  for (const KernelInfo& k : executor.kernels()) {
    if (k.node != "deconv1" && k.node != "conv2") continue;
    EXPECT_EQ(k.implementation == "winograd4x4", kernels.at(k.node) == "winograd4x4") << k.node << k.pass;
  }
  return all;
}

TEST(WinogradConv, GivesTheSameBitsOnAnyThreads) {
  if (!has_winograd("conv4x4(32,s2)-fc", {32, 8, 8})) GTEST_SKIP() << "no loops for this processor";
  const auto one = gradients_by(1, kWinogradEverywhere);
  EXPECT_EQ(one, gradients_by(2, kWinogradEverywhere));
  EXPECT_NE(one, gradients_by(2, {{"conv2", "direct"}, {"deconv1", "direct"}}));
}

// Filters that don't fill a block, as a generator's last ones.
TEST(WinogradConv, OfFewFiltersIsFilledUp) {
  if (!has_winograd("conv4x4(32,s2)-fc", {32, 8, 8})) GTEST_SKIP() << "no loops for this processor";
  for (const int shards : {1, 2})
    expect_reference_gradients("conv3x3(32)-relu-deconv4x4(19)-relu-deconv4x4(3)-tanh-fc", {3, 3, 5}, 3,
                               shards, kWinogradEverywhere);
  Model model = noisy_model(build_graph(parse_network("conv3x3(32)-deconv4x4(3)-fc"), {3, 4, 4}, 5), 3);
  const Executor executor(model, {.batch = 2, .kernels = kWinogradEverywhere});
  for (const KernelInfo& k : executor.kernels())
    if (k.node == "deconv1") { EXPECT_EQ(k.implementation, "winograd4x4") << k.pass; }
}

}  // namespace
}  // namespace doppel::nn
