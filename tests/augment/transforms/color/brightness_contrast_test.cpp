#include "doppel/augment/transforms/color/brightness_contrast.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(BrightnessContrast, SpreadsAboutTheMeanAndThenAdds) {
  Sample sample;
  sample.image = cv::Mat_<float>{0.2F, 0.6F};  // mean 0.4
  const auto expect = [&](double brightness, double contrast, double dark, double light) {
    const BrightnessContrast change{{brightness, brightness}, {contrast, contrast}, 1};
    const cv::Mat_<float> out = Recipe{change}.apply(sample, {}).image;
    EXPECT_NEAR(out(0), dark, 1e-6) << brightness << " " << contrast;
    EXPECT_NEAR(out(1), light, 1e-6) << brightness << " " << contrast;
  };
  expect(0.1, 0.5, 0.2, 0.8);
  expect(-0.1, -0.5, 0.2, 0.4);
  expect(0.3, 0, 0.5, 0.9);
  expect(0.05, -1, 0.45, 0.45);
  expect(0, 3, 0, 1);  // clamped
}

TEST(BrightnessContrast, BothAreDrawnEachByItself) {
  const BrightnessContrast change{{-0.3, 0.1}, {-0.2, 0.4}, 1};
  const auto drawn = [&](std::uint64_t seed) { return drawn_op<op::Contrast>(change, seed); };
  expect_fills(-0.3, 0.1, [&](std::uint64_t seed) { return drawn(seed).offset; });
  expect_fills(0.8, 1.4, [&](std::uint64_t seed) { return drawn(seed).factor; });
  int both = 0;  // above their middles together: a quarter of the draws
  for (std::uint64_t seed = 0; seed < 400; ++seed)
    both += drawn(seed).offset > -0.1 && drawn(seed).factor > 1.1;
  EXPECT_NEAR(both, 100, 35);
}

}  // namespace
}  // namespace doppel::augment
