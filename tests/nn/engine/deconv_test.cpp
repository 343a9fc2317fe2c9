#include <gtest/gtest.h>

#include <algorithm>

#include "engine/step.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

TEST(Deconv, SpreadsEachPixelOverItsWindow) {
  const auto spread = [](const char* text) {
    return EngineRun(text, {1, 1, 2}, {1, 10},
                     [](Model& model) {
                       model.find("deconv1", "weight")->value = {1, 2, 3, 4};
                       model.find("deconv1", "bias")->value = {0.5};
                     })
        .y;
  };
  EXPECT_EQ(spread("deconv2x2(1,s2,valid)"),
            (std::vector<float>{1.5, 2.5, 10.5, 20.5, 3.5, 4.5, 30.5, 40.5}));
  EXPECT_EQ(spread("deconv2x2(1,s1,valid)"), (std::vector<float>{1.5, 12.5, 20.5, 3.5, 34.5, 40.5}));
}

// With the same weights it is the convolution's transpose: <conv(x), y> = <x, deconv(y)>.
TEST(Deconv, IsAConvolutionTurnedAround) {
  for (const int filters : {4, 16}) {
    const auto f = std::to_string(filters);
    const auto noise = reference_noise(2 * 49, 1), other = reference_noise(std::size_t(filters) * 16, 2);
    const std::vector<float> x(noise.begin(), noise.end()), y(other.begin(), other.end());
    EngineRun conv("conv3x3(" + f + ",s2,p1)", {2, 7, 7}, x);
    EngineRun deconv("deconv3x3(2,s2,p1)", {filters, 4, 4}, y, [&](Model& model) {
      model.find("deconv1", "weight")->value = conv.model.find("conv1", "weight")->value;
    });
    double there = 0, here = 0;
    for (std::size_t i = 0; i < y.size(); ++i) there += static_cast<double>(conv.y[i] * y[i]);
    for (std::size_t i = 0; i < x.size(); ++i) here += static_cast<double>(deconv.y[i] * x[i]);
    EXPECT_NEAR(there, here, 1e-4 * std::max(1.0, std::abs(there))) << filters;
    // And its way back is the convolution.
    const auto back = deconv.back(x);
    for (std::size_t i = 0; i < back.size(); ++i) ASSERT_NEAR(back[i], conv.y[i], 1e-4) << filters;
  }
}

TEST(Deconv, GradientsMatchTheReference) {
  for (const int shards : {1, 2}) {
    expect_reference_gradients("conv3x3(8,s2)-bn-relu-deconv4x4(12)-bn-relu-deconv4x4(3)-tanh-fc", {3, 8, 8},
                               6, shards);
    expect_reference_gradients("conv3x3(16)-relu-deconv3x3(7,s2,p1)-lrelu(0.2)-fc", {2, 5, 6}, 5, shards);
    expect_reference_gradients("deconv3x2(4,s3,p1)-fc", {3, 4, 5}, 5, shards);
  }
}

}  // namespace
}  // namespace doppel::nn
