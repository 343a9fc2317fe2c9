#include <gtest/gtest.h>

#include "engine/step.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

TEST(Product, MultipliesValuesAndFactorsOfChannels) {
  const std::vector<float> image{-2, 3, -5, 7};  // two channels of two pixels
  EngineRun means("mul[|gap]", {2, 1, 2}, image);
  EXPECT_EQ(means.y, (std::vector<float>{-1, 1.5, -5, 7}));
  EXPECT_EQ(EngineRun("mul[gap|]", {2, 1, 2}, image).y, means.y);
  EngineRun square("mul[|]", {2, 1, 2}, image);
  EXPECT_EQ(square.y, (std::vector<float>{4, 9, 25, 49}));
  EXPECT_EQ(square.back({1, 1, 0, 2}), (std::vector<float>{-4, 6, 0, 28}));
}

TEST(Product, GradientsMatchTheReference) {
  for (const int shards : {1, 2}) {
    expect_reference_gradients(
        "conv3x3(16)-mul[|gap-conv1x1(4)-relu-conv1x1(16)-hardsigmoid]-tanh-conv3x3(20)-"
        "mul[gap-conv1x1(20)-sigmoid|]-relu-fc",
        {3, 7, 8}, 5, shards);
    expect_reference_gradients("mul[conv3x3(3)|gap-conv1x1(3)-tanh]-mul[conv3x3(16)-tanh|conv1x1(16)]-fc",
                               {3, 6, 7}, 4, shards);
    expect_reference_gradients("fc(6)-mul[fc(6)-tanh|]-fc", {2, 4, 4}, 5, shards);
  }
}

}  // namespace
}  // namespace doppel::nn
