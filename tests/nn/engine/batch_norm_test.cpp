#include <gtest/gtest.h>

#include <cmath>

#include "engine/step.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

TEST(BatchNorm, NormalizesEachChannelOverTheWholeBatch) {
  // 1, 2, 3, 6: mean 3, variance 14 / 4; and a channel that is ten times that, and 100.
  EngineRun run("bn", {2, 1, 2}, {1, 2, 110, 120, 3, 6, 130, 160}, [](Model& model) {
    model.find("bn1", "weight")->value = {2, 1};
    model.find("bn1", "bias")->value = {5, 0};
  });
  const double deviation = std::sqrt(3.5 + 1e-5);
  for (std::size_t r = 0; r < 2; ++r)
    for (std::size_t i = 0; i < 2; ++i) {
      const double x = std::array{1, 2, 3, 6}[2 * r + i];
      EXPECT_NEAR(run.y[4 * r + i], 5 + 2 * (x - 3) / deviation, 1e-5);
      EXPECT_NEAR(run.y[4 * r + 2 + i], (10 * x - 30) / std::sqrt(350 + 1e-5), 1e-5);
    }
  // What comes out doesn't change where a channel is moved: its gradient has no sum.
  const auto dx = run.back({1, 0, 0, 2, 0, 0, 3, 0});
  EXPECT_NEAR(dx[0] + dx[1] + dx[4] + dx[5], 0, 1e-6);
  EXPECT_NEAR(dx[2] + dx[3] + dx[6] + dx[7], 0, 1e-6);
  EXPECT_NEAR(run.model.find("bn1", "bias")->grad[1], 5, 1e-6);
}

TEST(BatchNorm, RunningVariancesFollowPyTorchOrKeras) {
  for (const bool biased : {false, true}) {
    const Graph graph =
        build_graph(parse_network(biased ? "bn(momentum=1,biased)-fc" : "bn(momentum=1)-fc"), {1, 1, 2}, 2);
    Model model(graph, 1);
    Executor(model, {.batch = 2, .shards = 2})
        .train(std::vector<float>{1, 2, 3, 6}, std::vector{0, 1}, CrossEntropy{.smoothing = 0}, 0);
    EXPECT_NEAR(model.find("bn1", "running_mean")->value[0], 3, 1e-6);
    EXPECT_NEAR(model.find("bn1", "running_var")->value[0], 14.0 / (biased ? 4 : 3), 1e-5);
  }
}

TEST(BatchNorm, OverFourShardsIsThatOverTheWholeBatch) {
  const Graph graph =
      build_graph(parse_network("conv3x3(16)-bn-relu-conv3x3(8)-bn-relu-gap-fc"), {3, 16, 16}, 4);
  const auto x = reference_noise(64 * 3 * 16 * 16, 9);
  const std::vector<float> images(x.begin(), x.end());
  std::vector<int> labels(64);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int>(i % 4);
  Model one(graph, 1), four(graph, 1);
  Executor(one, {.batch = 64, .shards = 1}).train(images, labels, CrossEntropy{.smoothing = 0.1}, 0);
  Executor(four, {.batch = 64, .shards = 4}).train(images, labels, CrossEntropy{.smoothing = 0.1}, 0);
  for (std::size_t p = 0; p < one.parameters().size(); ++p) {
    const Parameter &a = one.parameters()[p], &b = four.parameters()[p];
    const auto& values_a = a.kind == Parameter::Kind::Statistic ? a.value : a.grad;
    const auto& values_b = b.kind == Parameter::Kind::Statistic ? b.value : b.grad;
    EXPECT_LT(relative_error(values_b, Reference::Numbers(values_a.begin(), values_a.end())), 1e-5) << a.name;
  }
}

TEST(BatchNorm, GradientsMatchTheReference) {
  for (const int shards : {1, 2, 4}) {
    expect_reference_gradients("conv3x3(8)-bn-relu-pool-conv3x3(12)-bn-lrelu(0.1)-conv3x3(8)-bn-gap-fc",
                               {1, 12, 12}, 9, shards);
    expect_reference_gradients("bn-conv3x3(16)-bn-tanh-fc", {3, 7, 7}, 6, shards);
    expect_reference_gradients("conv3x3(8,bias)-bn(eps=0.01)-relu-gap-fc", {2, 9, 10}, 6, shards);
  }
}

}  // namespace
}  // namespace doppel::nn
