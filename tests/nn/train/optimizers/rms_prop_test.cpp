#include "doppel/nn/train/optimizers/rms_prop.h"

#include <gtest/gtest.h>

#include <cmath>

#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/optimizer.h"

namespace doppel::nn {
namespace {

TEST(RmsProp, StepsByHand) {
  Model model(build_graph(parse_network("fc"), {1, 1, 1}, 1), 1);
  Executor executor(model, {.batch = 1});
  Parameter& w = *model.find("fc1", "weight");
  w.value = {2};
  w.grad = {0.5};
  Optimizer rms(model, RmsProp{.momentum = 0.5, .weight_decay = 0});
  rms.step(model, executor, 0.01);  // v = .01·.25, m = .5/.05 = 10
  EXPECT_NEAR(w.value[0], 2 - 0.1, 1e-5);
  rms.step(model, executor, 0.01);  // v = .99·.0025 + .0025 = .004975; m = 5 + .5/.070534
  EXPECT_NEAR(w.value[0], 1.9 - 0.01 * (5 + 0.5 / std::sqrt(0.004975)), 1e-5);
  // The decay is part of the gradient: .5 + .1·2, whose root mean square is .7 / 2.
  w.value = {2};
  Optimizer decayed(model,
                    RmsProp{.momentum = 0, .decay_of_squares = 0.75, .epsilon = 0.05, .weight_decay = 0.1});
  decayed.step(model, executor, 0.01);
  EXPECT_NEAR(w.value[0], 2 - 0.01 * 0.7 / (0.35 + 0.05), 1e-6);
}

}  // namespace
}  // namespace doppel::nn
