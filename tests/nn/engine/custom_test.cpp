#include <gtest/gtest.h>

#include "doppel/nn/model/custom_layer.h"
#include "engine/step.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

/// Number i of a sample times i + 1.
struct PlaceNumbers final : CustomLayer {
  std::string name() const override { return "placenumbers"; }
  void forward(std::span<const float> x, std::span<float> y) const override {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = static_cast<float>(i + 1) * x[i];
  }
  void backward(std::span<const float>, std::span<const float>, std::span<const float> dy,
                std::span<float> dx) const override {
    for (std::size_t i = 0; i < dx.size(); ++i) dx[i] = static_cast<float>(i + 1) * dy[i];
  }
};

// A convolution gives blocks of 8 or 16 channels; a layer of the user's sees [C, H, W] all the same.
TEST(CustomStep, RowsComeInPlainOrderWhateverTheirBlocks) {
  register_layer(std::make_shared<PlaceNumbers>());
  for (const int channels : {3, 16, 20}) {
    const auto noise = reference_noise(2 * 3 * 20, 4);
    const std::vector<float> images(noise.begin(), noise.end());
    const std::string conv = "conv1x1(" + std::to_string(channels) + ")";
    EngineRun before(conv, {3, 4, 5}, images), after(conv + "-placenumbers", {3, 4, 5}, images);
    const auto size = static_cast<std::size_t>(20 * channels);
    ASSERT_EQ(after.y.size(), 2 * size);
    std::vector<float> dy(2 * size, 1.F), scaled(2 * size);
    for (std::size_t i = 0; i < 2 * size; ++i) {
      scaled[i] = static_cast<float>(i % size + 1);
      ASSERT_NEAR(after.y[i], scaled[i] * before.y[i], 1e-3) << channels << ", " << i;
    }
    const auto a = after.back(dy), b = before.back(scaled);
    for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-2) << channels << ", " << i;
  }
}

}  // namespace
}  // namespace doppel::nn
