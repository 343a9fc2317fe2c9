#include <gtest/gtest.h>

#include "engine/step.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

TEST(ChannelMoves, ShuffleAndChunkTakeChannelsByTheirPlaces) {
  const std::vector<float> image{0, 1, 2, 3, 4, 5};
  EngineRun shuffled("shuffle(2)", {6, 1, 1}, image), second("chunk(2,3)", {6, 1, 1}, image);
  EXPECT_EQ(shuffled.y, (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(shuffled.back({0, 3, 1, 4, 2, 5}), image);
  EXPECT_EQ(second.y, (std::vector<float>{2, 3}));
  EXPECT_EQ(second.back({7, 8}), (std::vector<float>{0, 0, 7, 8, 0, 0}));
}

TEST(ChannelMoves, GradientsMatchTheReference) {
  for (const int shards : {1, 2}) {
    expect_reference_gradients(
        "conv3x3(20)-cat[chunk(1,2)|chunk(2,2)-conv3x3(10)-tanh]-shuffle(2)-conv1x1(32)-chunk(2,2)-tanh-fc",
        {3, 6, 7}, 5, shards);
    expect_reference_gradients("shuffle(3)-cat[chunk(1,3)|chunk(3,3)]-conv3x3(48)-shuffle(3)-relu-gap-fc",
                               {6, 5, 5}, 4, shards);
    expect_reference_gradients("conv3x3(depthwise)-bn-relu6-conv1x1(24)-conv5x5(depthwise,s2,p2)-bn-silu-fc",
                               {6, 9, 9}, 4, shards);
  }
}

}  // namespace
}  // namespace doppel::nn
