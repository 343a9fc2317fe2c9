#include <gtest/gtest.h>

#include "engine/step.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

TEST(JoinStep, AddsValuesAndPutsChannelsSideBySide) {
  using Numbers = std::vector<float>;
  const Numbers image{-2, 3, -5, 7};  // two channels of two pixels, one row
  const auto doubled = [](Model& model) { model.find("conv1", "weight")->value = {2, 0, 0, 2}; };
  EngineRun sum("add[conv1x1(2)|]", {2, 1, 2}, image, doubled);
  EXPECT_EQ(sum.y, (Numbers{-6, 9, -15, 21}));
  EXPECT_EQ(sum.back({1, 2, 3, 4}), (Numbers{3, 6, 9, 12}));
  // The rectifier behind it is part of it; below 0 nothing goes back.
  EngineRun rectified("add[conv1x1(2)|]-relu", {2, 1, 2}, image, doubled);
  EXPECT_EQ(rectified.y, (Numbers{0, 9, 0, 21}));
  EXPECT_EQ(rectified.back({1, 2, 3, 4}), (Numbers{0, 6, 0, 12}));
  EngineRun side("cat[conv1x1(2)|]", {2, 1, 2}, image, doubled);
  EXPECT_EQ(side.y, (Numbers{-4, 6, -10, 14, -2, 3, -5, 7}));
  EXPECT_EQ(side.back({1, 0, 0, 0, 10, 0, 0, 5}), (Numbers{12, 0, 0, 5}));
}

TEST(JoinStep, FormatsMayDiffer) {
  // 16 channels in blocks beside planes and beside a part of a block.
  const auto noise = reference_noise(3 * 4 * 20, 4);
  const std::vector<float> images(noise.begin(), noise.end());
  EngineRun wide("conv1x1(16)", {3, 4, 5}, images), narrow("conv1x1(4)", {3, 4, 5}, images);
  EngineRun joined("cat[conv1x1(16)|conv1x1(4)|]", {3, 4, 5}, images, [&](Model& model) {
    for (const char* which : {"weight", "bias"}) {
      model.find("conv1", which)->value = wide.model.find("conv1", which)->value;
      model.find("conv2", which)->value = narrow.model.find("conv1", which)->value;
    }
  });
  ASSERT_EQ(joined.y.size(), 4U * 23 * 20);
  for (std::size_t r = 0; r < 4; ++r)
    for (std::size_t i = 0; i < 23 * 20; ++i) {
      const float expected = i < 320   ? wide.y[r * 320 + i]
                             : i < 400 ? narrow.y[r * 80 + i - 320]
                                       : images[r * 60 + i - 400];
      ASSERT_NEAR(joined.y[r * 460 + i], expected, 1e-5) << r << ", " << i;
    }
}

TEST(JoinStep, GradientsMatchTheReference) {
  for (const int shards : {1, 2}) {
    expect_reference_gradients("add[conv3x3(3)-tanh|]-relu-fc", {3, 6, 7}, 5, shards);
    // Rectified sums of two and of three values, that one, two and three layers read; in blocks and in
    // planes.
    expect_reference_gradients(
        "conv3x3(16)-add[conv3x3(16)-tanh|conv1x1(16)|]-relu-add[conv3x3(16)-bn|]-lrelu(0.2)-"
        "add[conv1x1(16)||conv3x3(16)]-relu-cat[|conv1x1(8)-tanh]-gap-fc",
        {3, 7, 8}, 6, shards);
    expect_reference_gradients(
        "add[conv3x3(3)|]-relu-add[conv3x3(3)|]-lrelu(0.1)-add[fc(126)-tanh-picture6x7|]-relu-fc", {3, 6, 7},
        5, shards);
    expect_reference_gradients("fc(6)-add[fc(6)-tanh|]-cat[fc(4)|fc(3)-relu]-fc", {2, 4, 4}, 7, shards);
  }
}

}  // namespace
}  // namespace doppel::nn
