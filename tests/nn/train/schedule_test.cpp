#include "doppel/nn/train/schedule.h"

#include <gtest/gtest.h>

namespace doppel::nn {
namespace {

TEST(Schedule, CosineWarmsUpAndEndsAtZero) {
  const Schedule s{Cosine{}, 1, 10, 110};
  EXPECT_NEAR(s(0), 0.1, 1e-12);
  EXPECT_NEAR(s(9), 1, 1e-12);
  EXPECT_NEAR(s(60), 0.5, 1e-12);
  EXPECT_NEAR(s(110), 0, 1e-12);
}

TEST(Schedule, OthersFollowTheirShapes) {
  const Schedule constant{Constant{}, 2, 4, 100};
  EXPECT_NEAR(constant(1), 1, 1e-12);
  EXPECT_NEAR(constant(77), 2, 1e-12);
  const Schedule steps{Steps{.epochs = 1, .factor = 0.1}, 1, 0, 100, 30};
  EXPECT_NEAR(steps(29), 1, 1e-12);
  EXPECT_NEAR(steps(30), 0.1, 1e-12);
  EXPECT_NEAR(steps(61), 0.01, 1e-12);
  const Schedule cycle{OneCycle{}, 1, 0, 101};
  EXPECT_NEAR(cycle(0), 0.04, 1e-12);
  EXPECT_NEAR(cycle(30), 1, 1e-12);
  EXPECT_NEAR(cycle(65), 0.5, 1e-5);
  EXPECT_NEAR(cycle(100), 4e-6, 1e-12);
}

TEST(Schedule, NothingFailsWhereThereIsNextToNothing) {
  EXPECT_NEAR((Schedule{Cosine{}, 1, 0, 1}(0)), 1, 1e-12);
  EXPECT_NEAR((Schedule{Cosine{}, 1, 5, 5}(5)), 1, 1e-12);  // all of it was a rise
  EXPECT_NEAR((Schedule{OneCycle{}, 1, 0, 1}(0)), 0.04, 1e-12);
  EXPECT_NEAR((Schedule{Steps{.epochs = 1e-9, .factor = 0.5}, 1, 0, 9, 3}(2)), 0.25, 1e-12);
  // What is long over stays where it ended.
  EXPECT_NEAR((Schedule{Cosine{}, 1, 0, 10}(1000)), 0, 1e-12);
  EXPECT_NEAR((Schedule{OneCycle{}, 1, 0, 10}(1000)), 4e-6, 1e-12);
}

}  // namespace
}  // namespace doppel::nn
