#include "doppel/nn/train/optimizers/lion.h"

#include <gtest/gtest.h>

#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/optimizer.h"

namespace doppel::nn {
namespace {

TEST(Lion, StepsByHand) {
  Model model(build_graph(parse_network("fc"), {1, 1, 3}, 1), 1);
  Executor executor(model, {.batch = 1});
  Parameter &w = *model.find("fc1", "weight"), &b = *model.find("fc1", "bias");
  w.value = {2, -1, 4};
  w.grad = {0.5, -8, 0};
  b.value = {1};
  b.grad = {-2};
  Optimizer lion(model, Lion{.beta1 = 0.5, .beta2 = 0.75, .weight_decay = 0.5});
  lion.step(model, executor, 0.1);  // the sign alone; weights shrink by a twentieth, the bias doesn't
  EXPECT_NEAR(w.value[0], 2 * 0.95 - 0.1, 1e-6);
  EXPECT_NEAR(w.value[1], -1 * 0.95 + 0.1, 1e-6);
  EXPECT_NEAR(w.value[2], 4 * 0.95, 1e-6);  // no gradient, no direction
  EXPECT_NEAR(b.value[0], 1.1, 1e-6);
  w.grad = {-0.1F, 1.5, 0};  // m = {0.125, -2, 0}: 0.0125 goes on, -0.25 too
  const float before = w.value[0], other = w.value[1];
  lion.step(model, executor, 0.1);
  EXPECT_NEAR(w.value[0], before * 0.95F - 0.1F, 1e-6);
  EXPECT_NEAR(w.value[1], other * 0.95F + 0.1F, 1e-6);
  EXPECT_EQ(lion.states().size(), 1U);
}

}  // namespace
}  // namespace doppel::nn
