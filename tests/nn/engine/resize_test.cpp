#include <gtest/gtest.h>

#include "engine/step.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

TEST(ResizeStep, PixelsBecomeBlocksOrWhatLiesBetweenTheirCentres) {
  using Numbers = std::vector<float>;
  EngineRun nearest("resize(2)", {1, 2, 1}, {1, 5});
  EXPECT_EQ(nearest.y, (Numbers{1, 1, 1, 1, 5, 5, 5, 5}));
  EXPECT_EQ(nearest.back({1, 2, 3, 4, 5, 6, 7, 8}), (Numbers{10, 26}));
  // Centres at 1/2 and 3/2 of the old pixels, at 1/4, 3/4 … of them in the new; beyond the outermost all is
  // as there.
  EXPECT_EQ(EngineRun("resize(2,bilinear)", {1, 1, 2}, {0, 4}).y, (Numbers{0, 1, 3, 4, 0, 1, 3, 4}));
  EXPECT_EQ(EngineRun("resize(2,bilinear)", {1, 1, 1}, {7}).y, (Numbers{7, 7, 7, 7}));
  EXPECT_EQ(EngineRun("resize(1,bilinear)", {1, 1, 2}, {3, 9}).y, (Numbers{3, 9}));
}

TEST(ResizeStep, AreasReachFromTheFloorToTheCeiling) {
  using Numbers = std::vector<float>;
  // Of 5 columns in 2: [0, 3) and [2, 5), which share the middle.
  EngineRun two("adaptpool1x2", {1, 1, 5}, {1, 2, 3, 4, 11});
  EXPECT_EQ(two.y, (Numbers{2, 6}));
  EXPECT_EQ(two.back({3, 6}), (Numbers{1, 1, 3, 2, 2}));
  // Fewer pixels than areas.
  EXPECT_EQ(EngineRun("adaptpool1x3", {1, 1, 2}, {2, 6}).y, (Numbers{2, 4, 6}));
  EXPECT_EQ(EngineRun("adaptpool1x1", {2, 2, 2}, {1, 2, 3, 4, 5, 5, 5, 5}).y, (Numbers{2.5, 5}));
}

TEST(ResizeStep, GradientsMatchTheReference) {
  for (const int shards : {1, 2}) {
    expect_reference_gradients("conv3x3(16)-resize(2)-conv3x3(8)-fc", {2, 5, 6}, 5, shards);
    expect_reference_gradients("conv3x3(12)-resize(2,bilinear)-conv3x3(16,s2)-adaptpool3x2-fc", {2, 7, 9}, 5,
                               shards);
  }
}

}  // namespace
}  // namespace doppel::nn
