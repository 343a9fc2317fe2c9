// Losses against their formulas and central differences.
#include "doppel/nn/model/loss.h"

#include <gtest/gtest.h>

#include <cmath>

#include "doppel/base/error.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/optimizer.h"

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
           MeanSquaredError{.weights = weights}, MeanAbsoluteError{}, MeanAbsoluteError{.weights = weights},
           Huber{.delta = 1.1}, Huber{.delta = 0.6, .weights = weights}, Focal{.focus = 2},
           Focal{.focus = 0.5, .weights = weights}, BinaryCrossEntropy{.smoothing = 0},
           BinaryCrossEntropy{.smoothing = 0.1, .weights = weights}}) {
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

TEST(Loss, GradientsOfAnyNumberOfLabels) {
  const std::vector<float> logits{0.5F, -1.25F, 2.F}, several{1, 1, 0}, none{0, 0, 0};
  for (const Loss& loss : std::vector<Loss>{BinaryCrossEntropy{.smoothing = 0.1, .weights = {0.5, 2, 3}},
                                            MeanSquaredError{.weights = {0.5, 2, 3}}})
    for (const auto& shares : {several, none}) {
      std::vector<float> gradient(3);
      row_loss(loss, logits, shares, gradient);
      for (std::size_t i = 0; i < 3; ++i) {
        auto up = logits, down = logits;
        constexpr float kStep = 1.F / 256;
        up[i] += kStep;
        down[i] -= kStep;
        EXPECT_NEAR(gradient[i],
                    (value_of(loss, up, shares) - value_of(loss, down, shares)) / (2 * double{kStep}), 2e-4);
      }
    }
}

TEST(Loss, IndependentLabelsAreTaughtInFull) {
  // The best logits for two labels that are there have no gradient: sure of both, not half sure.
  std::vector<float> gradient(2);
  const std::vector<float> both{1, 1}, sure{30, 30}, half{0, 0};
  row_loss(BinaryCrossEntropy{.smoothing = 0}, sure, both, gradient);
  EXPECT_NEAR(gradient[0], 0, 1e-6);
  row_loss(BinaryCrossEntropy{.smoothing = 0}, half, both, gradient);
  EXPECT_EQ(gradient[1], -0.5F);
  // A class's weight is that of its own part.
  EXPECT_NEAR(value_of(BinaryCrossEntropy{.smoothing = 0, .weights = {3, 1}}, half, both), 4 * std::log(2),
              1e-12);
  for (const Loss& loss : std::vector<Loss>{CrossEntropy{}, Focal{}}) {
    EXPECT_EQ(labels_of(loss), dataset::Labels::Exclusive);
    EXPECT_EQ(outputs_of(loss), dataset::Labels::Exclusive);
  }
  EXPECT_EQ(labels_of(MeanSquaredError{}), dataset::Labels::Independent);
  EXPECT_EQ(outputs_of(MeanSquaredError{}), dataset::Labels::Exclusive);
  EXPECT_EQ(outputs_of(BinaryCrossEntropy{}), dataset::Labels::Independent);
}

TEST(Loss, KnownValues) {
  const std::vector<float> even{0, 0}, first{1, 0}, sure{20, -20};
  EXPECT_NEAR(value_of(CrossEntropy{.smoothing = 0}, even, first), std::log(2), 1e-12);
  EXPECT_NEAR(value_of(MeanSquaredError{}, {0.5F, -1}, first), (0.25 + 1) / 2, 1e-12);
  EXPECT_NEAR(value_of(MeanAbsoluteError{}, {0.5F, -1}, first), (0.5 + 1) / 2, 1e-12);
  // Half the square up to 0.5, a line from there: 0.125, and 0.5 · (1 - 0.25).
  EXPECT_NEAR(value_of(Huber{.delta = 0.5}, {0.5F, -1}, first), (0.125 + 0.375) / 2, 1e-12);
  EXPECT_NEAR(value_of(Huber{.delta = 9}, {0.5F, -1}, first), (0.125 + 0.5) / 2, 1e-12);
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

TEST(Loss, WeightsMultiplyRows) {
  // What two rows teach with weights 3 and 0 is what the first teaches alone, one and a half times.
  const auto gradients = [](std::span<const float> weights, bool alone) {
    Model model(build_graph(parse_network("fc"), {1, 1, 2}, 2), 1);
    Executor executor(model, {.batch = 2, .shards = 1});
    const std::vector<float> images{1, 0.5F, -1, 2}, targets{0.25F, 0.75F, 1, 0};
    const std::size_t rows = alone ? 1 : 2;
    const LossSums sums = executor.train(std::span(images).first(2 * rows),
                                         std::span(targets).first(2 * rows), CrossEntropy{}, 0, weights);
    std::vector<float> all{static_cast<float>(sums.loss)};
    for (const Parameter& p : model.parameters()) all.insert(all.end(), p.grad.begin(), p.grad.end());
    return all;
  };
  const std::vector<float> weights{3, 0}, ones{1, 1};
  const auto one = gradients({}, true), weighted = gradients(weights, false);
  EXPECT_NEAR(weighted[0], 3 * one[0], 1e-5);
  for (std::size_t i = 1; i < one.size(); ++i) EXPECT_NEAR(weighted[i], 1.5 * one[i], 1e-5);
  EXPECT_EQ(gradients(ones, false), gradients({}, false));
  EXPECT_THROW(gradients(std::span(weights).first(1), false), Error);
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

}  // namespace
}  // namespace doppel::nn
