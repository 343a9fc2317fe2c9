#include "doppel/nn/train/optimizers/sgd.h"

#include <gtest/gtest.h>

#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/optimizer.h"

namespace doppel::nn {
namespace {

TEST(Sgd, StepsByHand) {
  Model model(build_graph(parse_network("fc"), {1, 1, 1}, 1), 1);
  Executor executor(model, {.batch = 1});
  Parameter& w = *model.find("fc1", "weight");
  w.value = {2};
  w.grad = {0.5};
  Optimizer sgd(model, Sgd{.momentum = 0.9, .weight_decay = 0.1});
  sgd.step(model, executor, 0.1);  // v = .5 + .1·2 = .7; w = 2 - .07
  EXPECT_NEAR(w.value[0], 1.93, 1e-6);
  sgd.step(model, executor, 0.1);  // v = .63 + .5 + .193 = 1.323
  EXPECT_NEAR(w.value[0], 1.93 - 0.1323, 1e-6);
  EXPECT_NEAR(sgd.states()[0].values[0][0], 1.323, 1e-6);
}

TEST(Sgd, NesterovLooksAhead) {
  Model model(build_graph(parse_network("fc"), {1, 1, 1}, 1), 1);
  Executor executor(model, {.batch = 1});
  Parameter& w = *model.find("fc1", "weight");
  w.value = {2};
  w.grad = {0.5};
  Optimizer nesterov(model, Nesterov{.weight_decay = 0.1});
  nesterov.step(model, executor, 0.1);  // g = .7, v = .7; w = 2 - .1·(.7 + .9·.7)
  EXPECT_NEAR(w.value[0], 2 - 0.133, 1e-6);
  // Without momentum both are plain descent.
  w.value = {2};
  Optimizer(model, Nesterov{.momentum = 0, .weight_decay = 0}).step(model, executor, 0.5);
  EXPECT_EQ(w.value[0], 1.75F);
  w.value = {2};
  Optimizer(model, Sgd{.momentum = 0, .weight_decay = 0}).step(model, executor, 0.5);
  EXPECT_EQ(w.value[0], 1.75F);
}

}  // namespace
}  // namespace doppel::nn
