#include <gtest/gtest.h>

#include <cmath>

#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

TEST(BatchDeviation, IsOneNumberForAGroup) {
  // Two images of one channel and two pixels: 1 and 3 lie 1 from their mean, 4 and 10 lie 3.
  EngineRun two("batchstd(2)", {1, 1, 2}, {1, 4, 3, 10, 7, 7});
  EXPECT_EQ(std::vector(two.y.begin(), two.y.begin() + 8), (std::vector<float>{1, 4, 2, 2, 3, 10, 2, 2}));
  EXPECT_NEAR(two.y[10], 1e-4, 1e-9);  // alone in its group
  EXPECT_EQ(two.y[8], 7);
}

TEST(BatchDeviation, GradientsMatchTheReference) {
  for (const int shards : {1, 2})
    expect_reference_gradients("conv3x3(20)-batchstd(4)-conv3x3(16)-relu-batchstd(2)-gap-fc", {3, 5, 6}, 8,
                               shards);
}

}  // namespace
}  // namespace doppel::nn
