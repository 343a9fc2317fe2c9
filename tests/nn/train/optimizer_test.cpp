#include "doppel/nn/train/optimizer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

TEST(Optimizer, LongGradientsAreScaledDownTogether) {
  Model model(build_graph(parse_network("fc(2)"), {1, 1, 1}), 1);
  Executor executor(model, {.batch = 1});
  Parameter &w = *model.find("fc1", "weight"), &b = *model.find("fc1", "bias");
  const auto step = [&](double most) {
    w.value = {0, 0};
    b.value = {0, 0};
    w.grad = {3, 0};
    b.grad = {0, 4};  // together 5 long
    Optimizer(model, Sgd{.weight_decay = 0}, most).step(model, executor, 1);
  };
  step(1);
  EXPECT_NEAR(w.value[0], -0.6, 1e-6);
  EXPECT_NEAR(b.value[1], -0.8, 1e-6);
  step(6);
  EXPECT_NEAR(w.value[0], -3, 1e-6);
}

TEST(Optimizer, WhatDoesNotLearnStaysAndWhatLearnsSlowlyMovesLess) {
  Model model(build_graph(parse_network("bn-fc(2)"), {1, 1, 1}), 1);
  Parameter &w = *model.find("fc1", "weight"), &b = *model.find("fc1", "bias"),
            &gamma = *model.find("bn1", "weight");
  gamma.rate = 0;
  b.rate = 0.25;
  Executor executor(model, {.batch = 1});
  Optimizer optimizer(model, Sgd{.momentum = 0, .weight_decay = 0});
  for (Parameter& p : model.parameters()) {
    std::ranges::fill(p.value, 3.F);
    std::ranges::fill(p.grad, 1.F);
  }
  optimizer.step(model, executor, 0.5);
  EXPECT_EQ(w.value, std::vector<float>(2, 2.5F));
  EXPECT_EQ(b.value, std::vector<float>(2, 2.875F));
  EXPECT_EQ(gamma.value, std::vector{3.F});
  EXPECT_EQ(model.find("bn1", "running_mean")->value, std::vector{3.F});
  EXPECT_EQ(w.grad, std::vector<float>(2, 1.F));  // gradients stay as they are
  EXPECT_EQ(optimizer.steps(), 1U);
}

TEST(Optimizer, DecayIsOfWeightsAndNotOfBiases) {
  for (const OptimizerOptions& kind : std::vector<OptimizerOptions>{
           AdamW{.weight_decay = 0.5}, Sgd{.weight_decay = 0.5}, Nesterov{.weight_decay = 0.5},
           Adam{.weight_decay = 0.5}, RmsProp{.weight_decay = 0.5}, Lamb{.weight_decay = 0.5},
           Muon{.weight_decay = 0.5}, Lion{.weight_decay = 0.5}}) {
    Model model(build_graph(parse_network("fc(2)"), {1, 1, 1}), 1);
    Executor executor(model, {.batch = 1});
    for (Parameter& p : model.parameters()) std::ranges::fill(p.value, 2.F);
    Optimizer optimizer(model, kind);
    optimizer.step(model, executor, 0.1);  // all gradients are 0
    EXPECT_LT(model.find("fc1", "weight")->value[0], 2) << kind.index();
    EXPECT_GT(model.find("fc1", "weight")->value[0], 0) << kind.index();
    EXPECT_EQ(model.find("fc1", "bias")->value[0], 2) << kind.index();
  }
}

TEST(Optimizer, EachHasItsStatesAndARateThatSuitsIt) {
  Model model(build_graph(parse_network("bn-fc(4)-fc(2)"), {3, 1, 1}), 1);
  const auto states = [&](const OptimizerOptions& kind) {
    std::string names;
    const Optimizer made(model, kind);
    for (const Optimizer::State& state : made.states()) {
      names += state.name + ' ';
      EXPECT_EQ(state.values.size(), model.parameters().size());
    }
    return names;
  };
  EXPECT_EQ(states(AdamW{}), "m v ");
  EXPECT_EQ(states(Sgd{}), "momentum ");
  EXPECT_EQ(states(RmsProp{}), "momentum squares ");
  EXPECT_EQ(states(Lion{}), "momentum ");
  EXPECT_EQ(default_rate(Sgd{}), Sgd::kRate);
  EXPECT_EQ(default_rate(Lion{}), Lion::kRate);
  // More numbers than one task updates: all of them move.
  Model large(build_graph(parse_network("fc(300)"), {300, 1, 1}), 1);
  Executor executor(large, {.batch = 1});
  const auto before = large.find("fc1", "weight")->value;
  std::ranges::fill(large.find("fc1", "weight")->grad, 1.F);
  Optimizer(large, Sgd{.momentum = 0, .weight_decay = 0}).step(large, executor, 1);
  for (std::size_t i = 0; i < before.size(); ++i)
    ASSERT_NEAR(large.find("fc1", "weight")->value[i], before[i] - 1, 1e-6) << i;
}

}  // namespace
}  // namespace doppel::nn
