#include "doppel/nn/train/optimizers/muon.h"

#include <gtest/gtest.h>

#include <cmath>

#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/optimizer.h"

namespace doppel::nn {
namespace {

TEST(Muon, AStepOfAHiddenMatrixIsARotation) {
  Model model(build_graph(parse_network("fc(6)-fc(4)-fc"), {1, 1, 4}, 2), 1);
  Executor executor(model, {.batch = 1});
  Parameter& w = *model.find("fc2", "weight");  // [4, 6]
  for (std::size_t i = 0; i < 24; ++i) w.grad[i] = std::sin(1.7F * static_cast<float>(i * i) + 1);
  const auto before = w.value;
  Optimizer muon(model, Muon{.weight_decay = 0.5});
  muon.step(model, executor, 0.1);
  // What moved, without the decay, over 0.2 · sqrt(6): rows of about one length, at right angles.
  double trace = 0;
  for (std::size_t a = 0; a < 4; ++a)
    for (std::size_t b = 0; b < 4; ++b) {
      double dot = 0;
      const auto moved = [&](std::size_t i) {
        return static_cast<double>(before[i] * (1 - 0.1F * 0.5F) - w.value[i]) / 0.1 / (0.2 * std::sqrt(6));
      };
      for (std::size_t i = 0; i < 6; ++i) dot += moved(a * 6 + i) * moved(b * 6 + i);
      EXPECT_NEAR(dot, a == b ? 1 : 0, 0.55);
      if (a == b) trace += dot;
    }
  EXPECT_NEAR(trace / 4, 0.9, 0.3);
  // Its gradient's size says nothing.
  Model other(model.graph(), 1);
  for (std::size_t i = 0; i < 24; ++i) other.find("fc2", "weight")->grad[i] = 1000 * w.grad[i];
  Optimizer(other, Muon{.weight_decay = 0.5}).step(other, executor, 0.1);
  for (std::size_t i = 0; i < 24; ++i) EXPECT_NEAR(other.find("fc2", "weight")->value[i], w.value[i], 1e-4);
}

TEST(Muon, TheRestIsAdamWs) {
  const Graph graph = build_graph(parse_network("fc(6)-fc(4)-fc"), {1, 1, 4}, 2);
  Model model(graph, 1), other(graph, 1);
  Executor executor(model, {.batch = 1});
  const auto options = Muon{.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-6, .weight_decay = 0.2};
  Optimizer muon(model, options);
  Optimizer adam(other, AdamW{.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-6, .weight_decay = 0.2});
  for (int step = 0; step < 3; ++step) {
    for (Model* of : {&model, &other})
      for (Parameter& p : of->parameters())
        for (std::size_t i = 0; i < p.grad.size(); ++i)
          p.grad[i] = std::sin(static_cast<float>(i) + static_cast<float>(step));
    muon.step(model, executor, 0.01);
    adam.step(other, executor, 0.01);
  }
  for (const char* node : {"fc1", "fc2", "fc3"})
    for (const char* which : {"weight", "bias"})
      EXPECT_EQ(model.find(node, which)->value == other.find(node, which)->value,
                node != std::string("fc2") || which == std::string("bias"))
          << node << '.' << which;
  EXPECT_TRUE(Muon::works_on_whole(true) && !Muon::works_on_whole(false));
  EXPECT_TRUE(Muon::keeps_state("m", true) && Muon::keeps_state("v", false) && !Muon::keeps_state("v", true));
}

}  // namespace
}  // namespace doppel::nn
