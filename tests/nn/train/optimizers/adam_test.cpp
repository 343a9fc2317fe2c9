#include "doppel/nn/train/optimizers/adam.h"

#include <gtest/gtest.h>

#include <cmath>

#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/optimizer.h"

namespace doppel::nn {
namespace {

TEST(Adam, FollowsThePaperForSomeSteps) {
  Model model(build_graph(parse_network("fc"), {1, 1, 1}, 1), 1);
  Executor executor(model, {.batch = 1});
  Parameter& weight = *model.find("fc1", "weight");
  for (const bool coupled : {true, false}) {
    constexpr double kDecay = 0.1, kRate = 0.01, kB1 = 0.8, kB2 = 0.9, kEpsilon = 1e-3;
    weight.value = {2};
    Optimizer adam(model, coupled ? OptimizerOptions(Adam{kB1, kB2, kEpsilon, kDecay})
                                  : OptimizerOptions(AdamW{kB1, kB2, kEpsilon, kDecay}));
    double w = 2, m = 0, v = 0;
    for (int step = 1; step <= 4; ++step) {
      const double own = 0.5 / step - 0.2;
      weight.grad = {static_cast<float>(own)};
      adam.step(model, executor, kRate);
      const double g = own + (coupled ? kDecay * w : 0);
      m = kB1 * m + (1 - kB1) * g;
      v = kB2 * v + (1 - kB2) * g * g;
      const double mean = m / (1 - std::pow(kB1, step)), square = v / (1 - std::pow(kB2, step));
      w -= kRate * mean / (std::sqrt(square) + kEpsilon) + (coupled ? 0 : kRate * kDecay * w);
      EXPECT_NEAR(weight.value[0], w, 1e-6) << coupled << ", step " << step;
    }
    EXPECT_NEAR(adam.states()[0].values[0][0], m, 1e-6);
    EXPECT_NEAR(adam.states()[1].values[0][0], v, 1e-6);
  }
}

TEST(Adam, TheFirstStepIsTheRateItself) {
  Model model(build_graph(parse_network("fc"), {1, 1, 1}, 1), 1);
  Executor executor(model, {.batch = 1});
  Parameter& w = *model.find("fc1", "weight");
  for (const float gradient : {0.5F, -1e-3F, 400.F}) {
    const double direction = gradient > 0 ? 1 : -1;
    w.grad = {gradient};
    w.value = {2};
    Optimizer(model, AdamW{.weight_decay = 0.1}).step(model, executor, 0.01);  // decay .01·.1·2
    EXPECT_NEAR(w.value[0], 2 - 0.01 * direction - 0.002, 1e-5);
    w.value = {2};
    Optimizer(model, Adam{.weight_decay = 0}).step(model, executor, 0.01);
    EXPECT_NEAR(w.value[0], 2 - 0.01 * direction, 1e-5);
  }
}

}  // namespace
}  // namespace doppel::nn
