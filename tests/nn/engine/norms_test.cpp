#include <gtest/gtest.h>

#include <cmath>

#include "engine/step.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

TEST(Norms, OfAPixelAreByHand) {
  // Two channels of two pixels: each pixel's become -1 and 1.
  const auto y = EngineRun("layernorm(eps=0)", {2, 1, 2}, {1, 10, 3, 4}).y;
  EXPECT_NEAR(y[0], -1, 1e-6);
  EXPECT_NEAR(y[2], 1, 1e-6);
  EXPECT_NEAR(y[1], 1, 1e-6);
  EXPECT_NEAR(y[3], -1, 1e-6);
}

TEST(Norms, OfAGroupAreByHand) {
  const auto y = EngineRun("groupnorm(2,eps=0)", {2, 1, 2}, {1, 3, 10, 4}).y;
  EXPECT_NEAR(y[0], -1, 1e-6);
  EXPECT_NEAR(y[1], 1, 1e-6);
  EXPECT_NEAR(y[2], 1, 1e-6);
  EXPECT_NEAR(y[3], -1, 1e-6);
}

TEST(Norms, FactorsOfChannelsBeginAsTheyAreTold) {
  EngineRun run("layerscale(0.5)", {2, 1, 2}, {1, 3, 10, 4});
  EXPECT_EQ(run.y, (std::vector<float>{0.5, 1.5, 5, 2}));
  EXPECT_EQ(run.back({2, 0, 0, 4}), (std::vector<float>{1, 0, 0, 2}));
}

TEST(Norms, GradientsMatchTheReference) {
  for (const int shards : {1, 2}) {
    // Planes, blocks, and blocks that are filled up; more pixels than a tile has.
    expect_reference_gradients("groupnorm(3)-conv3x3(16)-groupnorm(4)-relu-conv3x3(20)-groupnorm(5)-tanh-fc",
                               {3, 7, 9}, 5, shards);
    expect_reference_gradients(
        "layernorm-conv3x3(16)-layernorm-gelu-conv3x3(20)-layernorm-tanh-gap-layernorm-fc", {3, 7, 9}, 5,
        shards);
    expect_reference_gradients("layernorm-fc(6)-layernorm(eps=0.001)-relu-layerscale(0.5)-fc", {3, 20, 17}, 4,
                               shards);
    expect_reference_gradients(
        "layerscale(0.7)-conv3x3(20)-layerscale(1.5)-tanh-conv1x1(16)-layerscale(0.3)-gap-fc", {3, 7, 9}, 5,
        shards);
  }
}

}  // namespace
}  // namespace doppel::nn
