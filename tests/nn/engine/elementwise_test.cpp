#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/step.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

TEST(Elementwise, ActivationsAreTheirFormulas) {
  const std::vector<float> x{-8, -3, -1, -0.5, 0, 0.5, 1, 3, 8};
  const auto expect = [&](const std::string& text, auto f) {
    const auto y = EngineRun(text, {1, 1, 9}, x).y;
    for (std::size_t i = 0; i < x.size(); ++i)
      EXPECT_NEAR(y[i], f(static_cast<double>(x[i])), 1e-5) << text << ' ' << x[i];
  };
  expect("relu", [](double v) { return v > 0 ? v : 0; });
  expect("lrelu(0.25)", [](double v) { return v > 0 ? v : v / 4; });
  expect("relu6", [](double v) { return std::min(std::max(v, 0.0), 6.0); });
  expect("sigmoid", [](double v) { return 1 / (1 + std::exp(-v)); });
  expect("tanh", [](double v) { return std::tanh(v); });
  expect("silu", [](double v) { return v / (1 + std::exp(-v)); });
  expect("gelu", [](double v) { return v * (1 + std::erf(v / std::sqrt(2.0))) / 2; });
  expect("hardsigmoid", [](double v) { return std::min(std::max(v / 6 + 0.5, 0.0), 1.0); });
  expect("hardswish", [](double v) { return v * std::min(std::max(v / 6 + 0.5, 0.0), 1.0); });
}

TEST(Elementwise, SoftmaxBetweenLayersSumsToOneAtExtremeValues) {
  EngineRun run("flatten-softmax-fc(3)", {1, 1, 3}, {1e4F, 9999, -1e4F},
                [](Model& model) { model.find("fc1", "weight")->value = {1, 0, 0, 0, 1, 0, 0, 0, 1}; });
  const double first = 1 / (1 + std::exp(-1.0));
  EXPECT_NEAR(run.y[0], first, 1e-6);
  EXPECT_NEAR(run.y[1], 1 - first, 1e-6);
  EXPECT_EQ(run.y[2], 0);
  // What all move by together changes nothing.
  const auto dx = run.back({2, 0, 0});
  EXPECT_NEAR(dx[0], 2 * first * (1 - first), 1e-6);
  EXPECT_NEAR(dx[0] + dx[1] + dx[2], 0, 1e-6);
}

TEST(Elementwise, FlattenGoesChannelByChannelAndImageBack) {
  for (const int channels : {3, 16, 20}) {
    const auto noise = reference_noise(2 * 2 * 6, 4);
    const std::vector<float> images(noise.begin(), noise.end());
    const std::string conv = "conv1x1(" + std::to_string(channels) + ")";
    EngineRun plain(conv, {2, 2, 3}, images), flat(conv + "-flatten", {2, 2, 3}, images),
        again(conv + "-flatten-picture2x3", {2, 2, 3}, images);
    EXPECT_EQ(plain.y, flat.y) << channels;  // outputs are in plain order, whatever the blocks
    EXPECT_EQ(plain.y, again.y) << channels;
    std::vector<float> dy(plain.y.size());
    for (std::size_t i = 0; i < dy.size(); ++i) dy[i] = static_cast<float>(i % 7);
    const auto a = plain.back(dy), b = flat.back(dy), c = again.back(dy);
    for (std::size_t i = 0; i < a.size(); ++i) {
      ASSERT_NEAR(a[i], b[i], 1e-4) << channels;
      ASSERT_NEAR(a[i], c[i], 1e-4) << channels;
    }
  }
}

TEST(Elementwise, DropoutKeepsTheMeanAndItsShare) {
  Model model(build_graph(parse_network("dropout(0.4)-fc"), {1, 50, 50}, 2), 1);
  // With all weights 1, a logit is the sum of what was kept.
  std::ranges::fill(model.find("fc1", "weight")->value, 1.F);
  Executor executor(model, {.batch = 16, .shards = 2, .seed = 3});
  const std::vector<float> images(16 * 2500, 1.F);
  executor.train(images, std::vector<int>(16, 0), CrossEntropy{.smoothing = 0}, 0);
  double kept = 0;
  // The weight gradient of class 1 is 1/2 · the mean of the kept inputs.
  const auto& grad = model.find("fc1", "weight")->grad;
  for (std::size_t i = 0; i < 2500; ++i) kept += static_cast<double>(grad[2500 + i]) / 0.5 / 2500;
  EXPECT_NEAR(kept, 1, 0.02);
}

TEST(Elementwise, DropoutDrawsByStepAndRowWhateverTheShards) {
  const auto drawn = [](int shards, std::uint64_t step, std::uint64_t seed) {
    Model model(build_graph(parse_network("dropout(0.25)"), {1, 10, 10}), 1);
    Executor executor(model, {.batch = 6, .shards = shards, .seed = seed});
    const auto y = executor.forward(std::vector<float>(600, 3.F), 6, step);
    return std::vector<float>(y.begin(), y.end());
  };
  const auto first = drawn(1, 0, 1);
  for (const float v : first) EXPECT_TRUE(v == 0 || v == 4) << v;  // 3 / (1 - 0.25)
  EXPECT_EQ(first, drawn(4, 0, 1));
  EXPECT_NE(first, drawn(1, 1, 1));
  EXPECT_NE(first, drawn(1, 0, 2));
  EXPECT_FALSE(std::equal(first.begin(), first.begin() + 100, first.begin() + 100));
}

TEST(Elementwise, Dropout2dDropsWholeChannels) {
  Model model(build_graph(parse_network("dropout2d(0.5)-fc"), {40, 3, 3}, 2), 1);
  std::ranges::fill(model.find("fc1", "weight")->value, 1.F);
  Executor executor(model, {.batch = 1, .shards = 1, .seed = 3});
  executor.train(std::vector<float>(360, 1.F), std::vector{0}, CrossEntropy{.smoothing = 0}, 0);
  // The weight gradient of class 1 is 1/2 · what was kept.
  const auto& grad = model.find("fc1", "weight")->grad;
  int kept = 0;
  for (std::size_t c = 0; c < 40; ++c) {
    for (std::size_t i = 1; i < 9; ++i) ASSERT_EQ(grad[360 + c * 9 + i], grad[360 + c * 9]);
    kept += grad[360 + c * 9] != 0;
  }
  EXPECT_GT(kept, 8);
  EXPECT_LT(kept, 32);
}

TEST(Elementwise, DropPathDropsWholeImages) {
  Model model(build_graph(parse_network("droppath(0.25)"), {1, 10, 10}), 1);
  Executor executor(model, {.batch = 200, .shards = 3, .seed = 5});
  const auto y = executor.forward(std::vector<float>(20000, 3.F), 200, 0);
  int kept = 0;
  for (std::size_t r = 0; r < 200; ++r) {
    for (std::size_t i = 1; i < 100; ++i) ASSERT_EQ(y[r * 100 + i], y[r * 100]);
    EXPECT_TRUE(y[r * 100] == 0 || y[r * 100] == 4);
    kept += y[r * 100] != 0;
  }
  EXPECT_GT(kept, 130);
  EXPECT_LT(kept, 170);
  Executor predicts(model, {.batch = 1, .shards = 1, .mode = ExecutorOptions::Mode::Inference});
  EXPECT_EQ(predicts.predict(std::vector<float>(100, 3.F), 1)[7], 3);
}

TEST(Elementwise, GradientsMatchTheReference) {
  for (const int shards : {1, 2}) {
    expect_reference_gradients("conv3x3(8)-sigmoid-conv3x3(8)-lrelu(0.2)-fc(6)-tanh-fc", {1, 7, 9}, 5,
                               shards);
    expect_reference_gradients(
        "conv3x3(12)-relu6-conv3x3(8)-hardswish-conv3x3(20)-hardsigmoid-fc(9)-relu6-fc(8)-hardswish-fc",
        {2, 7, 7}, 5, shards);
    expect_reference_gradients("conv3x3(12)-gelu-conv3x3(8)-silu-fc(9)-gelu-fc", {2, 7, 7}, 5, shards);
    expect_reference_gradients("fc(48)-picture1x3-conv1x3(8)-relu-fc(96)-picture2x3-bn-relu-conv3x3(16)-fc",
                               {2, 4, 4}, 6, shards);
    expect_reference_gradients("fc(6)-softmax-fc", {2, 4, 4}, 5, shards);
  }
}

}  // namespace
}  // namespace doppel::nn
