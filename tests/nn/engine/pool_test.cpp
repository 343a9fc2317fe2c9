#include <gtest/gtest.h>

#include "engine/step.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

TEST(PoolStep, KnownValues) {
  using Numbers = std::vector<float>;
  const Numbers image{1, 2, 3, 4, 5, 6, 7, 8, -9};
  const auto pooled = [&](const char* text) { return EngineRun(text, {1, 3, 3}, image).y; };
  EXPECT_EQ(pooled("maxpool2x2(s1)"), (Numbers{5, 6, 8, 8}));
  EXPECT_EQ(pooled("maxpool2x2"), (Numbers{5}));                     // what fills no window is left out,
  EXPECT_EQ(pooled("maxpool2x2(s2,ceil)"), (Numbers{5, 6, 8, -9}));  // or counts; beyond is minus infinity
  EXPECT_EQ(pooled("maxpool3x3(s2,p1)"), (Numbers{5, 6, 8, 8}));
  EXPECT_EQ(pooled("avgpool2x2(s1)"), (Numbers{3, 4, 6, 2.5}));
  EXPECT_EQ(pooled("avgpool3x3(s2,p1)"), (Numbers{3, 4, 6, 2.5}));
  EXPECT_EQ(pooled("avgpool2x2(s2,p1,padded)"), (Numbers{0.25, 1.25, 2.75, 2.5}));
  EXPECT_EQ(pooled("gap"), (Numbers{3}));
  // More taps than our own loops count.
  const Numbers ramp = [] {
    Numbers v(17 * 17);
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(i * 7 % 289);
    return v;
  }();
  EngineRun large("maxpool17x17", {1, 17, 17}, ramp);
  EXPECT_EQ(large.y, (Numbers{288}));
  const auto dx = large.back({5});
  for (std::size_t i = 0; i < dx.size(); ++i) EXPECT_EQ(dx[i], ramp[i] == 288 ? 5 : 0) << i;
}

TEST(PoolStep, GradientsGoToTheLargestOrToAllAlike) {
  using Numbers = std::vector<float>;
  const Numbers image{1, 2, 3, 4, 5, 6, 7, 8, -9};
  EngineRun max("maxpool2x2(s1)", {1, 3, 3}, image);
  EXPECT_EQ(max.back({1, 2, 4, 8}), (Numbers{0, 0, 0, 0, 1, 2, 0, 12, 0}));
  EngineRun mean("avgpool3x3(s2,p1)", {1, 3, 3}, image);
  EXPECT_EQ(mean.back({4, 8, 12, 16}), (Numbers{1, 3, 2, 4, 10, 6, 3, 7, 4}));
  EngineRun all("gap", {1, 3, 3}, image);
  const auto dx = all.back({18});
  for (const float v : dx) EXPECT_NEAR(v, 2, 1e-6);
}

TEST(PoolStep, GradientsMatchTheReference) {
  for (const int shards : {1, 3}) {
    expect_reference_gradients("conv1x7(24)-maxpool3x3(s2,p1)-conv7x1(8)-fc", {3, 14, 33}, 5, shards);
    expect_reference_gradients("conv3x3(8)-sigmoid-maxpool2x2-conv3x3(8)-lrelu(0.2)-pool-fc", {1, 11, 13}, 7,
                               shards);
    expect_reference_gradients("conv3x3(8)-maxpool3x3(s2,ceil)-avgpool3x3(s1,p1,padded)-fc", {2, 9, 10}, 6,
                               shards);
    expect_reference_gradients("conv3x3(20)-avgpool3x3(s2,p1)-gap-fc", {2, 9, 10}, 6, shards);
  }
}

}  // namespace
}  // namespace doppel::nn
