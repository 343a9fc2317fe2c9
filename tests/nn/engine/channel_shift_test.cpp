#include <gtest/gtest.h>

#include "doppel/base/error.h"
#include "error_of.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

TEST(ChannelShift, ASumTakesANumberForEachChannel) {
  const std::vector<float> image{-2, 3, -5, 7};  // two channels of two pixels
  EngineRun means("add[|gap]", {2, 1, 2}, image);
  EXPECT_EQ(means.y, (std::vector<float>{-1.5, 3.5, -4, 8}));
  EXPECT_EQ(EngineRun("add[gap|]", {2, 1, 2}, image).y, means.y);
  // Each pixel's own gradient, and half of both of its channel.
  EXPECT_EQ(means.back({1, 0, 2, 4}), (std::vector<float>{1.5, 0.5, 5, 7}));
}

TEST(ChannelShift, GradientsMatchTheReference) {
  for (const int shards : {1, 2}) {
    expect_reference_gradients("conv3x3(20)-add[|gap-conv1x1(20)-tanh|conv1x1(20)|gap]-relu-conv3x3(16)-fc",
                               {3, 6, 7}, 5, shards);
    // Conditional BatchNorm: gamma and beta from what the network is given, read where they are needed.
    expect_reference_gradients(
        "cbn(c) = bn-add[|mul[|input-slice(5)-fc(c)-picture1x1]|input-slice(5)-fc(c)-picture1x1]; "
        "fc(72)-picture3x3-cbn(8)-relu-deconv4x4(6)-cbn(6)-tanh-conv3x3(4)-fc",
        {9, 1, 1}, 5, shards);
    expect_reference_gradients(
        "conv3x3(16)-add[slice(3,6)|input-slice(1,2)-conv1x1(4)]-cat[slice(4)|slice(1,1)]-fc", {3, 5, 5}, 4,
        shards);
  }
}

TEST(ChannelShift, WhatDoesNotFitIsNamed) {
  const auto error = [](const char* text) {
    return error_of([&] { build_graph(parse_network(text), {3, 8, 8}, 2); });
  };
  EXPECT_EQ(
      error("conv3x3(8)-add[|gap-conv1x1(9)]-fc"),
      "network, after layer 3: add[…|…] joins values of one shape, or a number for each channel of them, "
      "but its branches give 8x8x8 and 9x1x1");
  EXPECT_EQ(error("slice(2,4)-fc"),
            "network, layer 1 (slice(2,4)): there are no channels 2 to 4 of 3; the shape so far is 3x8x8");
  EXPECT_EQ(
      error("conv3x3(8)-add[input-fc(2)|input-fc(2)]"),
      "network: nothing reads what conv1 (conv3x3(8)) gives: all branches after it begin with the input");
}

}  // namespace
}  // namespace doppel::nn
