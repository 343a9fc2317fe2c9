#include <gtest/gtest.h>

#include "engine/step.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

TEST(Conv, KnownValues) {
  const std::vector<float> image{1, 2, 3, 4, 5, 6, 7, 8, 9};
  const auto convolved = [&](const char* text) {
    return EngineRun(text, {1, 3, 3}, image,
                     [](Model& model) {
                       model.find("conv1", "weight")->value = {1, 2, 3, 4};
                       model.find("conv1", "bias")->value = {0.5};
                     })
        .y;
  };
  using Numbers = std::vector<float>;
  EXPECT_EQ(convolved("conv2x2(1,valid)"), (Numbers{37.5, 47.5, 67.5, 77.5}));
  // Zeros so that the size stays; the odd ones are at the bottom and right.
  EXPECT_EQ(convolved("conv2x2(1)"), (Numbers{37.5, 47.5, 21.5, 67.5, 77.5, 33.5, 23.5, 26.5, 9.5}));
  EXPECT_EQ(convolved("conv2x2(1,s2)"), (Numbers{37.5, 21.5, 23.5, 9.5}));
  EXPECT_EQ(convolved("conv2x2(1,valid,d2)"), (Numbers{1 + 6 + 21 + 36 + 0.5}));
  EXPECT_EQ(convolved("conv2x2(1,s2,p1)"), (Numbers{4.5, 18.5, 36.5, 77.5}));
  EXPECT_EQ(convolved("conv2x2(1,s3,p1x0x0x0)"), (Numbers{11.5}));
}

TEST(Conv, GroupsSeeTheirShareOfTheChannels) {
  const std::vector<float> image{1, 2, 10, 20, 100, 200, 1000, 2000};  // four channels of two pixels
  EngineRun run("conv1x1(2,g2)", {4, 1, 2}, image,
                [](Model& model) { model.find("conv1", "weight")->value = {1, 2, 3, 4}; });
  EXPECT_EQ(run.y, (std::vector<float>{21, 42, 4300, 8600}));
  EXPECT_EQ(run.back({1, 0, 0, 1}), (std::vector<float>{1, 0, 2, 0, 0, 3, 0, 4}));
  EXPECT_EQ(run.model.find("conv1", "weight")->grad, (std::vector<float>{1, 10, 200, 2000}));
  EXPECT_EQ(run.model.find("conv1", "bias")->grad, (std::vector<float>{1, 1}));
}

TEST(Conv, GradientsMatchTheReference) {
  for (const int shards : {1, 2}) {
    expect_reference_gradients("conv3x3(10,s2)-conv3x3(17)-fc", {4, 9, 11}, 5, shards);
    // Depthwise, grouped and dilated.
    expect_reference_gradients(
        "conv3x3(16)-relu-conv3x3(16,g16)-bn-relu-conv1x1(24)-conv3x3(24,s2,p1,g24)-relu-conv3x3(12,g2)-gap-"
        "fc",
        {3, 12, 12}, 6, shards);
    expect_reference_gradients("conv3x3(10,d2)-relu-conv3x3(20,d3,g5)-conv3x3(8,valid,d2)-fc", {2, 12, 11}, 5,
                               shards);
    expect_reference_gradients("conv3x3(12,p0x2x1x0)-conv1x7(8)-conv7x1(16,bias)-fc", {2, 7, 9}, 5, shards);
  }
}

}  // namespace
}  // namespace doppel::nn
