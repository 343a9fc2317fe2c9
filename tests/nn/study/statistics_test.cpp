#include "doppel/nn/study/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

TEST(Evidence, IntervalsAreStudents) {
  // Mean 3, deviation sqrt(2.5), t(4) = 2.776: half the width is 2.776 · sqrt(2.5 / 5).
  const Interval five = mean_interval(std::vector<double>{1, 2, 3, 4, 5});
  EXPECT_DOUBLE_EQ(five.mean, 3);
  EXPECT_NEAR(five.high - five.mean, 1.963, 1e-3);
  EXPECT_NEAR(five.mean - five.low, 1.963, 1e-3);
  EXPECT_TRUE(five.above(1));
  EXPECT_FALSE(five.above(1.1));
  EXPECT_TRUE(five.below(5));
  const Interval one = mean_interval(std::vector<double>{7});
  EXPECT_EQ(one.mean, 7);
  EXPECT_TRUE(std::isinf(one.low) && std::isinf(one.high));
  EXPECT_FALSE(one.above(-1e9));
  EXPECT_THROW(mean_interval({}), UsageError);
}

TEST(Evidence, McNemarIsTheBinomialTest) {
  EXPECT_EQ(mcnemar(0, 0), 1);
  EXPECT_EQ(mcnemar(5, 5), 1);
  EXPECT_NEAR(mcnemar(0, 5), 2 * std::pow(0.5, 5), 1e-12);
  EXPECT_NEAR(mcnemar(8, 2), 2 * (1 + 10 + 45) / 1024.0, 1e-12);
  EXPECT_EQ(mcnemar(8, 2), mcnemar(2, 8));
  EXPECT_LT(mcnemar(1000, 1400), 1e-12);
}

}  // namespace
}  // namespace doppel::nn
