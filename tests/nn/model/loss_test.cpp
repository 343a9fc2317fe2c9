// Losses against their formulas and central differences; what learns, and what doesn't.
#include "doppel/nn/model/loss.h"

#include <gtest/gtest.h>

#include <cmath>

#include "doppel/base/random.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/metrics.h"
#include "doppel/nn/train/optimizer.h"
#include "train/optimizers/orthogonalize.h"

namespace doppel::nn {
namespace {

double value_of(const Loss& loss, const std::vector<float>& logits, const std::vector<float>& shares) {
  std::vector<float> gradient(logits.size());
  return row_loss(loss, logits, shares, gradient);
}

TEST(Loss, GradientsMatchCentralDifferences) {
  const std::vector<float> logits{0.5F, -1.25F, 2.F, 0.F}, hard{0, 0, 0, 1}, soft{0.25F, 0.5F, 0, 0.25F};
  const std::vector<double> weights{0.5, 2, 1, 3};
  int n = 0;
  for (const Loss& loss : std::vector<Loss>{
           CrossEntropy{.smoothing = 0}, CrossEntropy{.smoothing = 0.1},
           CrossEntropy{.smoothing = 0.2, .weights = weights}, Focal{.focus = 0}, MeanSquaredError{},
           MeanSquaredError{.weights = weights}, Focal{.focus = 2}, Focal{.focus = 0.5, .weights = weights},
           BinaryCrossEntropy{.smoothing = 0}, BinaryCrossEntropy{.smoothing = 0.1, .weights = weights}}) {
    ++n;
    for (const auto& shares : {hard, soft}) {
      std::vector<float> gradient(4);
      row_loss(loss, logits, shares, gradient);
      for (std::size_t i = 0; i < 4; ++i) {
        auto up = logits, down = logits;
        constexpr float kStep = 1.F / 256;
        up[i] += kStep;
        down[i] -= kStep;
        const double slope =
            (value_of(loss, up, shares) - value_of(loss, down, shares)) / (2 * static_cast<double>(kStep));
        EXPECT_NEAR(gradient[i], slope, 2e-4) << "loss " << n << ", logit " << i;
      }
    }
  }
}

TEST(Loss, KnownValues) {
  const std::vector<float> even{0, 0}, first{1, 0}, sure{20, -20};
  EXPECT_NEAR(value_of(CrossEntropy{.smoothing = 0}, even, first), std::log(2), 1e-12);
  EXPECT_NEAR(value_of(MeanSquaredError{}, {0.5F, -1}, first), (0.25 + 1) / 2, 1e-12);
  EXPECT_NEAR(value_of(Focal{.focus = 2}, even, first), std::log(2) / 4, 1e-12);
  EXPECT_NEAR(value_of(Focal{.focus = 0}, even, first), value_of(CrossEntropy{.smoothing = 0}, even, first),
              1e-12);
  EXPECT_NEAR(value_of(BinaryCrossEntropy{.smoothing = 0}, even, first), 2 * std::log(2), 1e-12);
  EXPECT_NEAR(value_of(BinaryCrossEntropy{.smoothing = 0}, sure, first), 0, 1e-8);
  EXPECT_NEAR(value_of(CrossEntropy{.smoothing = 0, .weights = {3, 1}}, even, first), 3 * std::log(2), 1e-12);
  const std::vector<std::size_t> counts{30, 10, 0};
  const auto weights = balanced_weights(counts);
  EXPECT_NEAR(weights[0], 40.0 / 90, 1e-12);
  EXPECT_NEAR(weights[1], 40.0 / 30, 1e-12);
  EXPECT_EQ(weights[2], 0);
}

TEST(Loss, YoursTrainsANetwork) {
  // Squared error of the logits, as anybody might write it.
  const Loss squares = OwnLoss{"squares", [](Logits logits, Shares shares, std::span<float> grad) {
                                 double sum = 0;
                                 for (std::size_t c = 0; c < logits.size(); ++c) {
                                   const float d = logits[c] - shares[c];
                                   sum += static_cast<double>(d * d) / 2;
                                   grad[c] = d;
                                 }
                                 return sum;
                               }};
  Model model(build_graph(parse_network("fc"), {1, 1, 2}, 2), 1);
  Executor executor(model, {.batch = 2, .shards = 1});
  Optimizer optimizer(model, Sgd{.momentum = 0.5, .weight_decay = 0});
  const std::vector<float> images{1, 0, 0, 1};
  double loss = 0;
  for (std::uint64_t step = 0; step < 100; ++step) {
    loss = executor.train(images, std::vector{0, 1}, squares, step).loss;
    optimizer.step(model, executor, 0.5);
  }
  EXPECT_LT(loss, 1e-6);
}

std::vector<float> numbers(std::size_t n, std::uint64_t seed) {
  std::vector<float> v(n);
  const Stream s{.seed = seed};
  for (std::size_t i = 0; i < n; ++i) v[i] = static_cast<float>(s.split("at", i).normal("v"));
  return v;
}

TEST(Frozen, PartsStayToTheBitAndTheRestLearnsAsBefore) {
  const Graph graph =
      build_graph(parse_network("conv3x3(8)-bn-relu-conv3x3(8)-bn-relu-gap-fc(6)-relu-fc"), {3, 8, 8}, 4);
  const auto images = numbers(6 * 192, 1);
  const std::vector<int> labels{0, 1, 2, 3, 0, 1};
  Model model(graph, 1);
  for (Parameter& p : model.parameters())
    p.rate = p.name == "fc2.weight" ? 1 : p.name == "fc2.bias" ? 0.5 : 0;
  const auto before = std::vector<Parameter>(model.parameters().begin(), model.parameters().end());
  Executor executor(model, {.batch = 6, .shards = 2});
  Optimizer optimizer(model, Sgd{.momentum = 0, .weight_decay = 0});
  executor.train(images, labels, CrossEntropy{.smoothing = 0}, 0);
  // The head's gradient is what inference gives: BatchNorm's statistics are the running ones.
  const auto bias = model.find("fc2", "bias")->grad;
  Executor plain(model, {.batch = 6, .shards = 1, .mode = ExecutorOptions::Mode::Inference});
  const auto logits = plain.predict(images, 6);
  for (std::size_t c = 0; c < 4; ++c) {
    double expected = 0;
    for (std::size_t r = 0; r < 6; ++r)
      expected +=
          (softmax(logits.subspan(r * 4, 4))[c] - (static_cast<std::size_t>(labels[r]) == c ? 1 : 0)) / 6;
    EXPECT_NEAR(bias[c], expected, 1e-5);
  }
  optimizer.step(model, executor, 0.1);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Parameter& now = model.parameters()[i];
    if (now.name != "fc2.bias") {
      EXPECT_EQ(now.value == before[i].value, now.name != "fc2.weight") << now.name;
    }
  }
  for (std::size_t c = 0; c < 4; ++c)
    EXPECT_NEAR(model.find("fc2", "bias")->value[c], -0.05F * bias[c], 1e-7);
}

TEST(Frozen, GradientsPassThroughWhatIsFrozen) {
  // With its statistics fixed a BatchNorm is a scale: frozen in the middle, the first layer's gradient is
  // that of the network without it.
  const Graph graph = build_graph(parse_network("conv1x1(4,bias)-bn-gap-fc"), {2, 4, 4}, 3);
  const Graph bare = build_graph(parse_network("conv1x1(4,bias)-gap-fc"), {2, 4, 4}, 3);
  Model model(graph, 1), other(bare, 1);
  for (const char* which : {"weight", "bias"}) model.find("bn1", which)->rate = 0;
  const double scale = 1 / std::sqrt(1 + 1e-5);
  const auto images = numbers(4 * 32, 2);
  const std::vector<int> labels{0, 1, 2, 0};
  Executor(model, {.batch = 4, .shards = 2}).train(images, labels, CrossEntropy{.smoothing = 0}, 0);
  Executor(other, {.batch = 4, .shards = 2}).train(images, labels, CrossEntropy{.smoothing = 0}, 0);
  const auto &a = model.find("conv1", "weight")->grad, &b = other.find("conv1", "weight")->grad;
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], scale * static_cast<double>(b[i]), 1e-5);
}

TEST(NotFinite, NamesTheLayerAndTheRow) {
  Model model(build_graph(parse_network("conv3x3(8)-relu-pool-fc(5)-relu-fc"), {1, 6, 6}, 3), 1);
  Executor executor(model, {.batch = 4, .shards = 2});
  auto images = numbers(4 * 36, 3);
  executor.train(images, std::vector{0, 1, 2, 0}, CrossEntropy{.smoothing = 0}, 0);
  EXPECT_EQ(executor.not_finite().layer, "");
  images[2 * 36 + 7] = std::numeric_limits<float>::quiet_NaN();
  executor.train(images, std::vector{0, 1, 2, 0}, CrossEntropy{.smoothing = 0}, 0);
  const auto found = executor.not_finite();
  EXPECT_EQ(found.layer, "conv1");
  EXPECT_EQ(found.rows, std::vector{2});
}

TEST(Optimizer, LambsStepIsAsLongAsTheWeights) {
  Model model(build_graph(parse_network("fc(3)-fc"), {1, 1, 4}, 2), 1);
  Executor executor(model, {.batch = 1});
  Parameter &w = *model.find("fc1", "weight"), &b = *model.find("fc1", "bias");
  w.grad = numbers(12, 5);
  b.grad = {1, -2, 3};
  const auto before = w.value;
  Optimizer lamb(model, Lamb{.weight_decay = 0});
  lamb.step(model, executor, 0.01);
  double weights = 0, moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    weights += static_cast<double>(before[i] * before[i]);
    moved += static_cast<double>((w.value[i] - before[i]) * (w.value[i] - before[i]));
    // Adam's first step has the gradient's sign.
    EXPECT_LT((w.value[i] - before[i]) * w.grad[i], 0);
  }
  EXPECT_NEAR(std::sqrt(moved), 0.01 * std::sqrt(weights), 1e-6);
  EXPECT_NEAR(b.value[0], -0.01, 1e-6);
}

TEST(Optimizer, MuonsStepsAreOrthogonal) {
  for (const auto& [rows, columns] : {std::pair{6, 20}, {20, 6}, {8, 8}}) {
    auto m = numbers(static_cast<std::size_t>(rows * columns), 7);
    orthogonalize(m.data(), rows, columns);
    // Rows (or columns) are nearly orthonormal: the iteration ends with singular values of 0.7 to 1.2.
    const int small = std::min(rows, columns), large = std::max(rows, columns);
    const auto at = [&](int i, int k) {
      return static_cast<double>(
          m[static_cast<std::size_t>(rows <= columns ? i * columns + k : k * columns + i)]);
    };
    double trace = 0;
    for (int i = 0; i < small; ++i)
      for (int j = 0; j < small; ++j) {
        double dot = 0;
        for (int k = 0; k < large; ++k) dot += at(i, k) * at(j, k);
        if (i == j) trace += dot;
        EXPECT_NEAR(dot, i == j ? 1 : 0, 0.55) << rows << 'x' << columns;
      }
    EXPECT_NEAR(trace / small, 0.9, 0.3);
  }
  Model model(build_graph(parse_network("conv3x3(4)-conv3x3(8)-fc(6)-fc"), {1, 5, 5}, 2), 1);
  std::vector<std::string> hidden;
  for (std::size_t p = 0; p < model.parameters().size(); ++p)
    if (is_hidden_matrix(model, p)) hidden.push_back(model.parameters()[p].name);
  EXPECT_EQ(hidden, (std::vector<std::string>{"conv2.weight", "fc1.weight"}));
}

}  // namespace
}  // namespace doppel::nn
