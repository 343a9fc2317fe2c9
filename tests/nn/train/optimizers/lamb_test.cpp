#include "doppel/nn/train/optimizers/lamb.h"

#include <gtest/gtest.h>

#include <cmath>

#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/optimizer.h"

namespace doppel::nn {
namespace {

TEST(Lamb, AStepIsAsLongAsTheWeights) {
  Model model(build_graph(parse_network("fc(3)-fc"), {1, 1, 4}, 2), 1);
  Executor executor(model, {.batch = 1});
  Parameter &w = *model.find("fc1", "weight"), &b = *model.find("fc1", "bias");
  for (std::size_t i = 0; i < 12; ++i) w.grad[i] = std::sin(static_cast<float>(i) + 1);
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

TEST(Lamb, TheDecayIsPartOfTheDirection) {
  Model model(build_graph(parse_network("fc"), {1, 1, 2}, 1), 1);
  Executor executor(model, {.batch = 1});
  Parameter& w = *model.find("fc1", "weight");
  w.value = {3, 4};
  w.grad = {1, 1};
  Optimizer(model, Lamb{.weight_decay = 0.5}).step(model, executor, 0.1);
  // (1, 1) + (1.5, 2), made 5 long.
  const double length = std::hypot(2.5, 3);
  EXPECT_NEAR(w.value[0], 3 - 0.1 * 5 * 2.5 / length, 1e-5);
  EXPECT_NEAR(w.value[1], 4 - 0.1 * 5 * 3 / length, 1e-5);
  // From 0 a step is Adam's.
  w.value = {0, 0};
  Optimizer(model, Lamb{.weight_decay = 0.5}).step(model, executor, 0.1);
  EXPECT_NEAR(w.value[0], -0.1, 1e-6);
}

}  // namespace
}  // namespace doppel::nn
